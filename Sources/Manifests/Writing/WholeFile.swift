import Foundation

/// Files that take their place whole, whatever interrupts the writing: an interrupted call (EINTR, which network file
/// systems give), which Foundation's own writing reports as a failure, is made again.
public enum WholeFile {
    /// Writes beside `path` and renames; what was there is replaced.
    /// - Throws: `JobFailure` with the code `disk.write`: what the system says, and what to do.
    public static func write(_ data: Data, to path: String) throws(JobFailure) {
        let folder = (path as NSString).deletingLastPathComponent
        let partial = "\(folder.isEmpty ? "." : folder)/.\(UUID().uuidString).tmp"
        let descriptor = open(partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw failure(path, errno) }
        var code = fill(descriptor, data)
        if close(descriptor) != 0, code == 0, errno != EINTR { code = errno }
        if code == 0, rename(partial, path) != 0 { code = errno }
        guard code == 0 else {
            unlink(partial)
            throw failure(path, code)
        }
    }

    /// What a job says of a file that the system would not write.
    public static func failure(_ path: String, _ code: Int32) -> JobFailure {
        let isFull = code == ENOSPC || code == EDQUOT
        return JobFailure(
            code: "disk.write", what: "\(path) could not be written to disk: \(String(cString: strerror(code)))",
            location: path,
            fix: isFull
                ? "free space on the disk of the state folder, then retry the job"
                : "check the disk of the state folder for space and errors, then retry the job")
    }

    /// - Returns: 0, or the system's error.
    private static func fill(_ descriptor: Int32, _ data: Data) -> Int32 {
        data.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count {
                let count = Foundation.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { return count < 0 ? errno : EIO }
                done += count
            }
            return 0
        }
    }
}
