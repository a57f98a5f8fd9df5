/// Reads the daemon's configuration, with the strictness and the messages of `ManifestParser`.
public enum DaemonConfigParser {
    /// - Parameters:
    ///   - bytes: the file's content.
    ///   - file: its name as the user knows it, for messages.
    ///   - folder: the file's folder, absolute: relative paths in the file are relative to it.
    /// - Throws: every problem of the file.
    public static func parse(
        _ bytes: [UInt8], file: String, folder: String
    ) throws(ManifestProblems) -> DaemonConfig {
        try parse(bytes, file: file, folder: folder, Credentials())
    }

    static func parse(
        _ bytes: [UInt8], file: String, folder: String, _ credentials: Credentials
    ) throws(ManifestProblems) -> DaemonConfig {
        precondition(folder.utf8.first == UInt8(ascii: "/"), "the configuration's folder must be an absolute path")
        let root = try YAMLTree.read(bytes, file: file, limit: Limits().manifestBytes)
        var config = DaemonConfig(folder: folder)
        var reader = FieldReader(table: DaemonConfigFields.table, file: file)
        reader.read(root, into: &config)
        config.http.token = config.http.token ?? credentials.token
        config.notify.secret = config.notify.secret ?? credentials.secret
        config.makePathsAbsolute(in: folder)
        DaemonConfigRules.check(config, into: &reader)
        guard reader.problems.isEmpty else { throw ManifestProblems(reader.problems) }
        return config
    }

    /// Reads and parses a file; see `parse`. Secrets that it lacks may come from the service manager, as the credentials
    /// `http.token` and `notify.secret`.
    /// - Parameter path: absolute, or relative to the process's working directory.
    public static func read(path: String) throws(ManifestProblems) -> DaemonConfig {
        let bytes = try SmallFile.read(
            path: path, displayName: path, limit: Limits().manifestBytes, followSymlinks: true)
        let absolute = FilePath.absolute(path, in: SmallFile.workingDirectory())
        return try parse(
            bytes, file: path, folder: FilePath.folder(of: absolute), Credentials.ofService())
    }
}
