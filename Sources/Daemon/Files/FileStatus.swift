import Foundation

/// What lstat(2) says of an entry.
struct FileStatus: Sendable {
    enum Kind: Sendable, Equatable {
        case file, folder, link
        /// `a device`, in words.
        case other(String)
    }

    var kind: Kind
    var size: Int
    var device: UInt64
    var inode: UInt64
    var mode: mode_t
    var modified: timespec
    var changed: timespec

    init(_ status: stat) {
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .folder
            case S_IFLNK: .link
            case S_IFIFO: .other("a named pipe")
            case S_IFSOCK: .other("a socket")
            case S_IFCHR, S_IFBLK: .other("a device")
            default: .other("of an unknown kind")
            }
        size = Int(status.st_size)
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        mode = status.st_mode & 0o7777
        modified = status.st_mtim
        changed = status.st_ctim
    }

    /// nil where nothing is there.
    static func of(_ path: String) throws -> FileStatus? {
        var status = stat()
        if lstat(path, &status) == 0 { return FileStatus(status) }
        if errno == ENOENT || errno == ENOTDIR { return nil }
        throw FileError("examine", path)
    }

    static func exists(_ path: String) throws -> Bool { try of(path) != nil }

    /// `a symbolic link`, for messages.
    var kindInWords: String {
        switch kind {
        case .file: "a file"
        case .folder: "a folder"
        case .link: "a symbolic link"
        case .other(let words): words
        }
    }
}

/// A hash of names, sizes and times: equal as long as nothing has changed.
///
/// It guards against accident, not against an enemy: whoever may write the inbox may start jobs anyhow.
struct Fingerprint: Sendable, Equatable, Hashable {
    private(set) var value: UInt64 = 0

    /// Adds an entry. The order in which entries are added does not matter, as readdir(3) promises none.
    mutating func add(name: some Sequence<CChar>, _ status: FileStatus) {
        var hash = Self.fnv(name)
        let isFolder = status.kind == .folder
        let numbers: [UInt64] = [
            UInt64(status.mode), status.device, status.inode, isFolder ? 0 : UInt64(bitPattern: Int64(status.size)),
            UInt64(bitPattern: Int64(status.modified.tv_sec)), UInt64(bitPattern: Int64(status.modified.tv_nsec)),
            // A copy that keeps times sets them back after each write: only the change time tells.
            UInt64(bitPattern: Int64(status.changed.tv_sec)), UInt64(bitPattern: Int64(status.changed.tv_nsec)),
        ]
        for number in numbers { hash = Self.mix(hash &+ number) }
        value &+= hash
    }

    /// FNV-1a (Fowler, Noll, Vo).
    private static func fnv(_ characters: some Sequence<CChar>) -> UInt64 {
        characters.reduce(0xCBF2_9CE4_8422_2325) { hash, character in
            (hash ^ UInt64(UInt8(bitPattern: character))) &* 0x100_0000_01B3
        }
    }

    /// A short name for a long one.
    static func hash(_ name: some Sequence<CChar>) -> String { String(fnv(name), radix: 16) }

    /// The finaliser of splitmix64 (Steele et al. 2014).
    private static func mix(_ number: UInt64) -> UInt64 {
        var z = number &+ 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    var text: String { String(value, radix: 16) }

    init() {}

    init(_ path: String, _ status: FileStatus) {
        add(name: path.utf8CString, status)
    }
}
