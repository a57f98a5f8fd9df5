import Foundation

/// Passes on what a worker on a node writes into files of the submission's folder, as if it wrote here.
struct OutputRelay {
    private let submission: Submission
    /// Bytes that were passed on, of output and errors.
    private var done = [0, 0]
    /// The last event that this process has passed on.
    private var lastLine: [UInt8]?

    private var paths: [String] { [submission.output(0), submission.errors(0)] }

    /// Goes on where an earlier process stopped.
    init(_ submission: Submission) throws {
        self.submission = submission
        let words = try FileBytes.read(submission.path("relayed"), last: 64) ?? []
        let numbers = words.split(separator: UInt8(ascii: " ")).compactMap { Int(String(decoding: $0, as: UTF8.self)) }
        if numbers.count == 2 { done = numbers }
    }

    /// Whole lines only: the rest comes with the next call.
    mutating func pass() throws {
        let before = done
        for (i, path) in paths.enumerated() {
            let bytes = try Self.read(path, from: done[i])
            guard let end = bytes.lastIndex(of: UInt8(ascii: "\n")) else { continue }
            let lines = bytes[...end]
            try lines.withUnsafeBytes {
                try FileBytes.writeAll($0, to: i == 0 ? STDOUT_FILENO : STDERR_FILENO, "what a worker says")
            }
            done[i] += lines.count
            if i == 0 { lastLine = lines.split(separator: UInt8(ascii: "\n")).last.map(Array.init) }
        }
        if done != before { try FileBytes.write("\(done[0]) \(done[1])".utf8, to: submission.path("relayed")) }
    }

    /// The worker's last word is said again where an earlier process had passed it on: the daemon may not have lived to
    /// act on it.
    mutating func finish() throws {
        try pass()
        guard lastLine == nil, let line = try Self.lastLine(of: paths[0]) else { return }
        try (line + [UInt8(ascii: "\n")]).withUnsafeBytes { try FileBytes.writeAll($0, to: STDOUT_FILENO, "an event") }
    }

    static func lastLine(of path: String) throws -> [UInt8]? {
        try FileBytes.read(path, last: WorkerProcess.longestLine)?.split(separator: UInt8(ascii: "\n")).last
            .map(Array.init)
    }

    /// Copies a whole file to standard error, for the job's log.
    static func log(_ path: String) throws {
        guard let bytes = try FileBytes.read(path, last: 64 << 10) else { return }
        try bytes.withUnsafeBytes { try FileBytes.writeAll($0, to: STDERR_FILENO, "the log") }
    }

    /// Opened anew each time: what another machine has written is seen then.
    private static func read(_ path: String, from offset: Int) throws -> [UInt8] {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return [] }
            throw FileError("open", path)
        }
        defer { close(descriptor) }
        lseek(descriptor, off_t(offset), SEEK_SET)
        var bytes: [UInt8] = []
        while true {
            let piece = try FileBytes.readSome(descriptor, 1 << 16, path)
            if piece.isEmpty { return bytes }
            bytes += piece
        }
    }
}
