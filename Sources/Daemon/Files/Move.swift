import Foundation

/// Moves that are whole after a crash.
enum Move {
    /// Renames, durably.
    /// - Returns: false where the two lie on different file systems, and nothing was done.
    static func rename(_ source: String, to target: String) throws -> Bool {
        guard Glibc.rename(source, target) == 0 else {
            if errno == EXDEV { return false }
            throw FileError("move", "\(source) to \(target)")
        }
        try Folder.sync(Path.folder(of: target))
        if Path.folder(of: source) != Path.folder(of: target) { try Folder.sync(Path.folder(of: source)) }
        return true
    }

    /// Moves a file or folder to where nothing is. Where the file systems differ it is copied beside the target
    /// under a hidden name, synced, renamed, and then removed from its old place.
    ///
    /// Can be called again after a crash in the middle: a target that is there is complete.
    static func move(_ source: String, to target: String) throws {
        if try FileStatus.exists(target) { return try Tree.remove(source) }
        if try rename(source, to: target) { return }
        try copy(source, to: target)
        try Tree.remove(source)
        try Folder.sync(Path.folder(of: source))
    }

    /// Copies to where nothing is; the target appears when it is complete.
    static func copy(_ source: String, to target: String) throws {
        let partial = partialName(of: target)
        try Tree.remove(partial)
        try Tree.copy(source, to: partial)
        guard try rename(partial, to: target) else { throw FileError("rename to", target, EXDEV) }
    }

    /// The hidden name of a copy that is not complete.
    static func partialName(of target: String) -> String {
        let name = partialPrefix + Path.name(of: target)
        guard name.utf8.count > Int(NAME_MAX) else { return Path.join(Path.folder(of: target), name) }
        return Path.join(Path.folder(of: target), partialPrefix + Fingerprint.hash(target.utf8CString))
    }

    static let partialPrefix = ".distilld-partial-"
}
