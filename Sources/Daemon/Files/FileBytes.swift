import Foundation

/// Small files, read and written whole.
enum FileBytes {
    /// The file's bytes; nil where there is none.
    /// - Parameters:
    ///   - limit: of a larger file, only the end is read.
    ///   - start: where reading begins, or at the end where the file is shorter.
    static func read(_ path: String, last limit: Int = .max, from start: Int = 0) throws -> [UInt8]? {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw FileError("open", path)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileError("examine", path) }
        let size = Int(status.st_size)
        lseek(descriptor, off_t(max(start, size - limit)), SEEK_SET)
        return try readRest(descriptor, path)
    }

    /// From where the descriptor stands to the end.
    static func readRest(_ descriptor: Int32, _ path: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            let piece = try readSome(descriptor, 1 << 16, path)
            if piece.isEmpty { return bytes }
            bytes += piece
        }
    }

    /// Up to `count` bytes from where the descriptor stands; none at the end.
    static func readSome(_ descriptor: Int32, _ count: Int, _ path: String) throws -> [UInt8] {
        var failure: FileError?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            do {
                filled = try retrying {
                    Glibc.read(descriptor, buffer.baseAddress, count)
                } failing: {
                    FileError("read", path)
                }
            } catch {
                failure = error as? FileError
            }
        }
        if let failure { throw failure }
        return bytes
    }

    /// Puts a file in place at once and durably: after a crash there is the old one or the new one, whole.
    static func write(_ bytes: some Sequence<UInt8>, to path: String, mode: mode_t = 0o644) throws {
        let temporary = Path.join(Path.folder(of: path), ".\(Path.name(of: path)).\(UUID().uuidString).tmp")
        let descriptor = Glibc.open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw FileError("create", temporary) }
        do {
            defer { close(descriptor) }
            try Array(bytes).withUnsafeBytes { try writeAll($0, to: descriptor, temporary) }
            guard fsync(descriptor) == 0 else { throw FileError("write to disk", temporary) }
            guard rename(temporary, path) == 0 else { throw FileError("rename to", path) }
        } catch {
            unlink(temporary)
            throw error
        }
        try Folder.sync(Path.folder(of: path))
    }

    /// Adds text to the end of a file, made where it is missing.
    static func append(_ text: String, to path: String) throws {
        let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileError("open", path) }
        defer { close(descriptor) }
        try Array(text.utf8).withUnsafeBytes { try writeAll($0, to: descriptor, path) }
    }

    /// Writes a file anew that is open, and stays the file it is: another may hold a lock on it.
    static func replace(_ bytes: [UInt8], in descriptor: Int32, _ path: String) throws {
        _ = try retrying {
            Int(ftruncate(descriptor, 0))
        } failing: {
            FileError("write", path)
        }
        lseek(descriptor, 0, SEEK_SET)
        try bytes.withUnsafeBytes { try writeAll($0, to: descriptor, path) }
    }

    static func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, _ path: String) throws {
        var rest = bytes
        while !rest.isEmpty {
            let count = try retrying {
                Glibc.write(descriptor, rest.baseAddress, rest.count)
            } failing: {
                FileError("write", path)
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    static func removeFile(_ path: String) throws {
        guard unlink(path) == 0 || errno == ENOENT else { throw FileError("remove", path) }
    }
}
