import Foundation

/// What a dataset or a job's folder is like just now: enough to tell whether it changes, and whether it may be taken.
struct TreeSurvey: Sendable {
    /// An entry that is neither file nor folder.
    struct Refusal: Sendable, Equatable {
        var path: String
        /// `a symbolic link`
        var kind: String
    }

    private(set) var fingerprint = Fingerprint()
    /// Files and folders.
    private(set) var entries = 0
    /// Path of a file that some program is still writing, by its name.
    private(set) var unfinished: String?
    /// At most `shownRefusals`.
    private(set) var refusals: [Refusal] = []

    static let shownRefusals = 10

    /// More entries than the limit: the walk ended early.
    struct TooMany: Error { var limit: Int }

    /// A path that no system call takes: the walk ended early. Deeper, each step would be from the root on.
    struct TooDeep: Error {
        var path: String
        var limit: Int
    }

    /// Bytes of a path below the tree's root.
    static let pathLimit = Int(PATH_MAX) - 1

    /// - Parameters:
    ///   - path: a file or a folder, itself no link.
    ///   - roots: see `InputFile.open`.
    ///   - beat: called now and then, to tell that the daemon is alive.
    init(of path: String, below roots: [String]? = nil, limit: Int, beat: () -> Void = {}) throws {
        guard let status = try FileStatus.of(path) else { throw FileError("examine", path, ENOENT) }
        let prefix = Path.folder(of: path).utf8.count + 1
        add(RawPath(path), status, prefix)
        guard status.kind == .folder else { return }
        try Tree.walk(RawPath(path), below: roots) { entry in
            add(entry.path, entry.status, prefix)
            if entries > limit { throw TooMany(limit: limit) }
            if entry.path.characters.count - prefix > Self.pathLimit {
                throw TooDeep(path: entry.path.text, limit: Self.pathLimit)
            }
            if entries % 4096 == 0 { beat() }
        }
    }

    private mutating func add(_ path: RawPath, _ status: FileStatus, _ prefix: Int) {
        entries += 1
        fingerprint.add(name: path.characters.dropFirst(prefix), status)
        if status.kind != .file, status.kind != .folder, refusals.count < Self.shownRefusals {
            refusals.append(Refusal(path: path.text, kind: status.kindInWords))
        }
        if unfinished == nil {
            let slash = path.characters.lastIndex(of: CChar(bitPattern: UInt8(ascii: "/"))) ?? -1
            let name = path.characters[(slash + 1)...].dropLast().map { UInt8(bitPattern: $0) }
            if UnfinishedName.matches(String(decoding: name, as: UTF8.self), insideDataset: true) {
                unfinished = path.text
            }
        }
    }
}
