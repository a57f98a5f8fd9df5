import Foundation

/// What the file system refused to do, with the path.
public struct FileError: Error, Sendable, Equatable, CustomStringConvertible {
    /// `rename`, `write` ...: completes "cannot ...".
    public var operation: String
    public var path: String
    /// errno.
    public var code: Int32

    init(_ operation: String, _ path: String, _ code: Int32 = errno) {
        self.operation = operation
        self.path = path
        self.code = code
    }

    public var description: String { "cannot \(operation) \(path): \(reason)" }

    /// `No space left on device`
    var reason: String { strerror(code).map { String(cString: $0) } ?? "error \(code)" }

    /// What a person can do about it; nil where the reason says enough.
    var fix: String? {
        switch code {
        case ENOSPC, EDQUOT: "Free space there."
        case EACCES, EPERM: "Give the daemon's user permission."
        case EROFS: "Mount the file system for writing."
        case ENAMETOOLONG: "Use shorter names or fewer nested folders."
        default: nil
        }
    }
}
