import Foundation

/// A file that takes its place whole, and stays there when the power fails: written beside it, synced, renamed, and
/// the folder synced.
struct DurableFile: ~Copyable {
    private let path: String
    private let temporary: String
    private let descriptor: Int32
    private var isPublished = false

    init(_ path: String) throws(CheckpointError) {
        self.path = path
        temporary = path + ".tmp"
        descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        if descriptor < 0 { throw .system("created", path: temporary, errno: errno) }
    }

    deinit {
        close(descriptor)
        if !isPublished { unlink(temporary) }
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(CheckpointError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Foundation.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw .system("written", path: temporary, errno: errno)
            }
            rest = rest.dropFirst(count)
        }
    }

    func write(_ bytes: [UInt8]) throws(CheckpointError) {
        try bytes.withUnsafeBufferPointer { (raw) throws(CheckpointError) in try write(UnsafeRawBufferPointer(raw)) }
    }

    mutating func publish() throws(CheckpointError) {
        guard fsync(descriptor) == 0 else { throw .system("written to disk", path: temporary, errno: errno) }
        guard rename(temporary, path) == 0 else { throw .system("put in place", path: path, errno: errno) }
        isPublished = true
        let folder = (path as NSString).deletingLastPathComponent
        let directory = open(folder.isEmpty ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw .system("opened", path: folder, errno: errno) }
        defer { close(directory) }
        guard fsync(directory) == 0 else { throw .system("written to disk", path: folder, errno: errno) }
    }
}
