import Foundation

/// An flock(2) on a file: held until `release`, or the end of the process however it comes.
public final class FolderLock: Sendable {
    public struct Held: Error, Equatable, CustomStringConvertible {
        /// What is locked, in words.
        public var what: String
        public var holder: Int?

        public var description: String {
            let process = holder.map { " (process \($0))" } ?? ""
            return "Another distilld daemon\(process) already serves the \(what). Stop it first, or give this one "
                + "folders of its own in its configuration."
        }
    }

    private let descriptor: Int32

    /// - Throws: `Held` where another process has it.
    init(file: String, what: String) throws {
        let descriptor = Glibc.open(file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard descriptor >= 0 else { throw FileError("open", file) }
        // A program that only asks whether a daemon runs holds the lock for an instant: so ask more than once.
        for attempt in 0..<5 {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { break }
            let code = errno
            guard code == EWOULDBLOCK || code == EINTR, attempt < 4 else {
                close(descriptor)
                guard code == EWOULDBLOCK else { throw FileError("lock", file, code) }
                throw Held(what: what, holder: FolderLock.holder(of: file))
            }
            usleep(20_000)
        }
        self.descriptor = descriptor
        let text = Array("\(getpid())\n".utf8)
        try FileBytes.replace(text, in: descriptor, file)
    }

    deinit { close(descriptor) }

    /// Whether some process holds the lock.
    static func isHeld(file: String) throws -> Bool {
        let descriptor = Glibc.open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return false }
            throw FileError("open", file)
        }
        defer { close(descriptor) }
        if flock(descriptor, LOCK_SH | LOCK_NB) == 0 { return false }
        guard errno == EWOULDBLOCK else { throw FileError("lock", file) }
        return true
    }

    /// The process that last took the lock.
    static func holder(of file: String) -> Int? {
        guard let bytes = try? FileBytes.read(file, last: 32) else { return nil }
        return Int(String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
    }
}
