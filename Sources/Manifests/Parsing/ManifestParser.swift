/// Reads a job's manifest. Everything that is wrong in it is reported at once, each with its position.
public enum ManifestParser {
    /// - Parameters:
    ///   - bytes: the file's content.
    ///   - file: the manifest's name as the user knows it, for messages.
    ///   - defaultName: the job's name where the manifest has none; `nil`: made from `file`.
    ///   - limits: `manifestBytes` is the most that is read.
    /// - Throws: every problem of the file. Hostile content is refused in time linear in its size.
    public static func parse(
        _ bytes: [UInt8], file: String, defaultName: String? = nil, limits: Limits = Limits()
    ) throws(ManifestProblems) -> ParsedManifest {
        let root = try YAMLTree.read(bytes, file: file, limit: limits.manifestBytes)
        var spec = JobSpec(name: JobName.sanitized(defaultName ?? JobName.stem(ofFile: file)), dataset: "")
        var reader = FieldReader(table: JobFields.table, file: file)
        reader.read(root, into: &spec)
        JobRules.applyOptimizerDefaults(to: &spec, written: reader.written)
        JobRules.applyMethodDefaults(to: &spec, written: reader.written)
        JobRules.applyTuneDefaults(to: &spec, written: reader.written)
        JobRules.resolveTeacher(of: &spec, written: reader.written)
        if let first = spec.teachers?.first { spec.teacher = first.network }
        JobRules.check(spec, into: &reader)
        let errors = reader.problems.filter { $0.severity == .error }
        guard errors.isEmpty else { throw ManifestProblems(errors) }
        return ParsedManifest(spec: spec, warnings: reader.problems.sortedByPosition())
    }

    /// Reads and parses a file; see `parse`.
    /// - Parameters:
    ///   - path: where the file is.
    ///   - displayName: the manifest's name as the user knows it; `nil`: the last component of `path`.
    ///   - followSymlinks: false refuses a symbolic link at `path`.
    ///   - roots: see `InputFile.open`.
    /// - Throws: every problem of the file, or that it cannot be read: missing, not a regular file, too large.
    public static func read(
        path: String, displayName: String? = nil, defaultName: String? = nil, limits: Limits = Limits(),
        followSymlinks: Bool = false, below roots: [String]? = nil
    ) throws(ManifestProblems) -> ParsedManifest {
        let name = displayName ?? JobName.lastComponent(of: path)
        let bytes = try SmallFile.read(
            path: path, displayName: name, limit: limits.manifestBytes, followSymlinks: followSymlinks,
            below: roots)
        return try parse(bytes, file: name, defaultName: defaultName, limits: limits)
    }
}
