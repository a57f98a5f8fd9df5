import Foundation
import Manifests

/// Finds the dataset that a manifest names.
struct DatasetLocator {
    let config: DaemonConfig

    enum Location: Equatable {
        case found(String)
        /// Not there, or not yet.
        case absent
        case refused(JobFailure)
    }

    /// - Parameters:
    ///   - folder: the job's own folder, searched first; nil where the manifest came alone.
    ///   - manifest: its name as the user knows it.
    func locate(_ spec: JobSpec, besideManifestIn folder: String?, manifest: String) throws -> Location {
        var name = spec.dataset
        if spec.hasAbsoluteDataset {
            guard let inside = Path.relative(name, to: config.inbox) else {
                return try locateAbsolute(spec, manifest: manifest)
            }
            name = inside
        }
        let components = name.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
            .filter { $0 != "." }
        if let folder {
            switch try descend(components, from: folder, manifest: manifest) {
            // The folder itself, by its name.
            case .absent where components.map(PathKey.init) == [PathKey(Path.name(of: folder))]: return .found(folder)
            case .absent: break
            case let location: return location
            }
        }
        guard !components.isEmpty else {
            return .refused(
                JobFailure(
                    code: "dataset.refused", what: "The dataset \"\(name)\" would be the whole inbox.",
                    location: "\(manifest): dataset",
                    fix: "Name one folder or archive in the inbox, or put the manifest into the dataset's folder."))
        }
        return try descend(components, from: config.inbox, manifest: manifest)
    }

    /// A file that belongs to a teacher, by the same rules.
    func locate(
        _ file: NamedFile, of spec: JobSpec, besideManifestIn folder: String?, manifest: String
    ) throws -> Location {
        var named = spec
        named.dataset = file.path
        let noun = file.key.hasSuffix(".labels") ? "file of labels" : "teacher"
        switch try locate(named, besideManifestIn: folder, manifest: manifest) {
        case .found(let path):
            guard try FileStatus.of(path)?.kind == .file else {
                return .refused(
                    JobFailure(
                        code: "teacher.refused", what: "The \(noun) \(file.path.shown) is not a file.",
                        location: "\(manifest): \(file.key)", fix: "Name the file itself."))
            }
            return .found(path)
        case .absent: return .absent
        case .refused(var failure):
            failure.code = "teacher.refused"
            failure.what = failure.what.replacing("The dataset", with: "The \(noun)")
            failure.location = "\(manifest): \(file.key)"
            failure.fix =
                "Put the file itself into the inbox or beside the manifest and name it there, or let the daemon's "
                + "administrator add its folder to `datasetRoots`."
            return .refused(failure)
        }
    }

    /// Walks down without following a link.
    private func descend(_ components: [String], from folder: String, manifest: String) throws -> Location {
        var path = folder
        for (index, component) in components.enumerated() {
            path = Path.join(path, component)
            guard let status = try FileStatus.of(path) else { return .absent }
            switch status.kind {
            case .folder: continue
            case .file where index == components.count - 1: continue
            case .file: return .absent
            case .link, .other: return .refused(Self.refusal(path, status.kindInWords, manifest: manifest))
            }
        }
        return .found(path)
    }

    /// `datasetRoots` without links.
    var roots: [String] { config.datasetRoots.compactMap(Self.realPath) }

    private func locateAbsolute(_ spec: JobSpec, manifest: String) throws -> Location {
        if let failure = config.refusalOfDataset(of: spec, manifest: manifest) { return .refused(failure) }
        guard let real = Self.realPath(spec.dataset) else { return .absent }
        // The folders in the configuration may be links, which the administrator wants followed; the dataset may not
        // lead out of them.
        var resolved = config
        resolved.datasetRoots = roots
        var target = spec
        target.dataset = real
        if let failure = resolved.refusalOfDataset(of: target, manifest: manifest) { return .refused(failure) }
        guard let status = try FileStatus.of(real) else { return .absent }
        guard status.kind == .file || status.kind == .folder else {
            return .refused(Self.refusal(real, status.kindInWords, manifest: manifest))
        }
        return .found(real)
    }

    static func refusal(_ path: String, _ kind: String, manifest: String) -> JobFailure {
        JobFailure(
            code: "dataset.refused", what: "\(path.shown) is \(kind), which a dataset may not hold.",
            location: "\(manifest): dataset",
            fix: "Put the files themselves in its place. For a dataset that shall stay where it is, let the daemon's "
                + "administrator add its folder to `datasetRoots` and name it by its absolute path.")
    }

    private static func realPath(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
