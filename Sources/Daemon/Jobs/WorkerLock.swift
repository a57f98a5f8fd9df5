import Foundation

/// Tells whether a worker of an earlier daemon still lives: each worker inherits an flock(2) on `worker.lock`, which
/// the kernel lets go when the last of its processes is gone.
enum WorkerLock {
    /// Where the worker finds the lock; it need not know.
    static let descriptorInWorker: Int32 = 3

    struct StillRunning: Error, CustomStringConvertible {
        var pid: Int?
        var job: String

        var description: String {
            let process = pid.map { "process \($0)" } ?? "a process"
            return "A worker of an earlier daemon (\(process), job \(job)) does not end though it was killed. Wait for "
                + "the disk it may be waiting for, then start the daemon again."
        }
    }

    /// Opens and locks the file.
    static func take(_ folder: JobFolder) throws -> Int32 {
        let descriptor = Glibc.open(folder.workerLock, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileError("open", folder.workerLock) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let error = FileError("lock", folder.workerLock)
            close(descriptor)
            throw error
        }
        return descriptor
    }

    /// Writes down whose lock it is.
    static func record(_ pid: pid_t, in descriptor: Int32, _ folder: JobFolder) throws {
        let text = Array("\(pid) \(startTime(of: Int(pid)) ?? "?")\n".utf8)
        try FileBytes.replace(text, in: descriptor, folder.workerLock)
    }

    /// Kills the worker of an earlier daemon, if there is one, and waits for its end.
    /// - Returns: whether there was one.
    static func endEarlierWorker(_ folder: JobFolder) throws -> Bool {
        guard try FolderLock.isHeld(file: folder.workerLock) else { return false }
        let words = try FileBytes.read(folder.workerLock, last: 128)
            .map { String(decoding: $0, as: UTF8.self).split(whereSeparator: \.isWhitespace) }
        let pid = words?.first.flatMap { Int($0) }
        // The number alone could by now be another's; together with the start time it could not.
        if let pid, let recorded = words?.dropFirst().first, startTime(of: pid) == String(recorded) {
            kill(pid_t(-pid), SIGKILL)
        }
        for _ in 0..<500 {
            guard try FolderLock.isHeld(file: folder.workerLock) else { return true }
            usleep(10_000)
        }
        throw StillRunning(pid: pid, job: folder.id)
    }

    /// Field 22 of /proc/PID/stat, see proc(5).
    private static func startTime(of pid: Int) -> String? {
        guard let bytes = try? FileBytes.read("/proc/\(pid)/stat") else { return nil }
        // The second field is the name in parentheses, which may hold anything.
        guard let end = bytes.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = bytes[(end + 1)...].split(separator: UInt8(ascii: " "))
        return fields.count > 19 ? String(decoding: fields[19], as: UTF8.self) : nil
    }
}
