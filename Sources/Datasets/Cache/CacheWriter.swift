import Foundation

/// A cache file in the making: written beside the others under a name of its own, and given its name when it is whole
/// and on disk. Two processes may make the same one; the later replaces the earlier, and both are right.
final class CacheWriter: @unchecked Sendable {
    private static let partSuffix = ".part"
    private let directory: String
    private let partPath: String
    private let descriptor: Int32
    private let rowBytes: Int
    private var published = false

    init(directory: String, rowBytes: Int) throws(DatasetError) {
        self.directory = directory
        self.rowBytes = rowBytes
        try Self.make(directory)
        Self.removeAbandoned(in: directory)
        let path = "\(directory)/\(UUID().uuidString)\(Self.partSuffix)"
        let opened = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard opened >= 0 else { throw .cacheFailed("cannot be written", errno: errno, path: path) }
        // Tells other processes that someone is at work here. File systems without locks do without.
        _ = flock(opened, LOCK_EX | LOCK_NB)
        partPath = path
        descriptor = opened
    }

    deinit {
        if !published { unlink(partPath) }
        close(descriptor)
    }

    func failure(_ code: Int32) -> DatasetError { .cacheFailed("cannot be written", errno: code, path: directory) }

    /// Writes `rows` rows to their place. From any thread, for different rows.
    ///
    /// - Returns: 0, or the system's error.
    func write(_ pixels: UnsafePointer<UInt8>, rows: Int, at row: Int) -> Int32 {
        Self.write(
            UnsafeRawBufferPointer(start: pixels, count: rows * rowBytes), at: CacheHeader.bytes + row * rowBytes,
            to: descriptor)
    }

    /// Adds what is known of the rows. The disk is waited for in a thread of its own, and then the file gets its name:
    /// `CachePublication.finish` tells how that went, and is to be called.
    func publish(_ content: CacheContent, as name: String) throws(DatasetError) -> (PixelStore, CachePublication) {
        let rows = content.table.records.count
        let bytes = content.encoded()
        let header = CacheHeader(rowBytes: rowBytes, rows: rows, content: bytes)
        for (part, offset) in [(bytes, header.contentOffset), (header.encoded(), 0)] {
            let code = part.withUnsafeBytes { Self.write($0, at: offset, to: descriptor) }
            if code != 0 { throw failure(code) }
        }
        let store = try PixelStore(
            descriptor: descriptor, offset: CacheHeader.bytes, rows: rows, rowBytes: rowBytes)
        return (store, CachePublication { [self] () throws(DatasetError) in try settle(as: name) })
    }

    private func settle(as name: String) throws(DatasetError) {
        guard fsync(descriptor) == 0, rename(partPath, "\(directory)/\(name)") == 0 else { throw failure(errno) }
        published = true
        try Self.sync(directory)
    }

    /// Writes a small file in the same way.
    static func publish(_ bytes: [UInt8], as name: String, in directory: String) throws(DatasetError) {
        let path = "\(directory)/\(UUID().uuidString)\(partSuffix)"
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .cacheFailed("cannot be written", errno: errno, path: path) }
        defer { close(descriptor) }
        var code = bytes.withUnsafeBytes { write($0, at: 0, to: descriptor) }
        if code == 0 && (fsync(descriptor) != 0 || rename(path, "\(directory)/\(name)") != 0) { code = errno }
        guard code == 0 else {
            unlink(path)
            throw .cacheFailed("cannot be written", errno: code, path: directory)
        }
        try sync(directory)
    }

    /// The rename itself is on disk only with the folder.
    private static func sync(_ directory: String) throws(DatasetError) {
        let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .cacheFailed("cannot be opened", errno: errno, path: directory) }
        defer { close(descriptor) }
        // Some network file systems cannot do it, and need not.
        guard fsync(descriptor) == 0 || errno == EINVAL else {
            throw .cacheFailed("cannot be written", errno: errno, path: directory)
        }
    }

    private static func make(_ directory: String) throws(DatasetError) {
        if mkdir(directory, 0o755) == 0 || errno == EEXIST { return }
        // The folders above it first.
        if errno == ENOENT, let slash = directory.dropLast().lastIndex(of: "/"), slash != directory.startIndex {
            try make(String(directory[..<slash]))
            if mkdir(directory, 0o755) == 0 || errno == EEXIST { return }
        }
        throw .cacheFailed("cannot be made", errno: errno, path: directory)
    }

    /// Parts of processes that were killed: old, and no longer locked by anyone.
    private static func removeAbandoned(in directory: String) {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: directory) else { return }
        for name in names where name.hasSuffix(partSuffix) {
            let path = "\(directory)/\(name)"
            let descriptor = open(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
            guard descriptor >= 0 else { continue }
            defer { close(descriptor) }
            var status = stat()
            guard fstat(descriptor, &status) == 0, time(nil) - status.st_mtim.tv_sec > 3600 else { continue }
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { unlink(path) }
        }
    }

    private static func write(_ bytes: UnsafeRawBufferPointer, at offset: Int, to descriptor: Int32) -> Int32 {
        var done = 0
        while done < bytes.count {
            let count = pwrite(descriptor, bytes.baseAddress! + done, bytes.count - done, offset + done)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return count < 0 ? errno : EIO }
            done += count
        }
        return 0
    }
}
