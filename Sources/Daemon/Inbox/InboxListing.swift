import Foundation
import Ledger

/// Something that is claimed as one when its job starts.
struct Candidate: Hashable, Sendable {
    var source: JobSource
    /// Absolute.
    var path: String
}

/// One look at the inbox: what is there, by what its name and kind say.
struct InboxListing: Sendable {
    /// Manifests, and folders that hold one.
    var candidates: [Candidate] = []
    /// Names of folders and archives that hold no manifest.
    var datasets: [String] = []
    /// What `NAME.cancel` files name, with their paths.
    var cancellations: [(wanted: String, path: String)] = []
    /// Names, with the reason why the daemon makes nothing of them.
    var ignored: [(name: String, reason: String)] = []
    /// The inbox and the folders in it.
    var folders: Set<String>

    init(inbox: String, manifests: FolderManifests) throws {
        folders = [inbox]
        for entry in try Folder.entries(of: inbox) {
            guard let name = entry.name else {
                ignored.append((entry.shownName, "its name is not UTF-8; rename it"))
                continue
            }
            let path = Path.join(inbox, name)
            if UnfinishedName.matches(name) { continue }
            if DroppedName.isManifest(name) {
                candidates.append(Candidate(source: .manifest, path: path))
                continue
            }
            switch entry.status.kind {
            case .file:
                if let wanted = DroppedName.cancelled(name) {
                    cancellations.append((wanted, path))
                } else if DroppedName.isArchive(name) {
                    datasets.append(name)
                } else if let reason = Self.reason(toIgnore: name) {
                    ignored.append((name, reason))
                }
            case .folder:
                folders.insert(path)
                let found: [String]
                do { found = try manifests.manifests(in: path, entry.status) } catch let error as FileError {
                    if error.code != ENOENT { ignored.append((name, "\(error)")) }
                    continue
                }
                if found.isEmpty {
                    datasets.append(name)
                } else {
                    candidates.append(Candidate(source: .folder, path: path))
                }
            case .link:
                ignored.append((name, "a symbolic link; copy what it points to, or use datasetRoots"))
            case .other(let kind):
                ignored.append((name, kind))
            }
        }
    }

    private static func reason(toIgnore name: String) -> String? {
        let lower = name.lowercased()
        if lower == "readme.md" || lower == "desktop.ini" || lower == "thumbs.db" { return nil }
        if lower.hasSuffix(".yaml") || lower.hasSuffix(".yml") { return "a manifest's name ends in .job.yaml" }
        return "neither a manifest (NAME.job.yaml) nor an archive (.zip, .tar, .tar.gz, .tar.zst)"
    }
}
