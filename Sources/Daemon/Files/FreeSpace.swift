import Foundation

/// How full a file system is.
public struct FreeSpace: Sendable, Equatable {
    /// Bytes that a program without privileges may still write.
    public var available: Int
    public var total: Int
    /// Which file system it is.
    public var device: UInt64

    /// - Throws: `FileError`.
    public static func of(_ path: String) throws -> FreeSpace {
        var space = statvfs()
        var status = stat()
        guard statvfs(path, &space) == 0, stat(path, &status) == 0 else { throw FileError("examine", path) }
        let block = Int(space.f_frsize)
        return FreeSpace(
            available: Int(space.f_bavail) * block, total: Int(space.f_blocks) * block, device: UInt64(status.st_dev))
    }
}
