import Foundation
import Manifests

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
    ///
    /// - Parameter told: notices of this job. A worker that goes on says what it found on the way once more.
    mutating func pass(_ told: inout Set<String>) throws {
        let before = done
        for (i, path) in paths.enumerated() {
            // Opened anew each time: what another machine has written is seen then.
            guard let bytes = try FileBytes.read(path, from: done[i]), let end = bytes.lastIndex(of: UInt8(ascii: "\n"))
            else { continue }
            let text = bytes[...end]
            done[i] += text.count
            if i == 0 {
                let lines = text.split(separator: UInt8(ascii: "\n"))
                lastLine = lines.last.map(Array.init)
                for line in lines where Self.isNews(line, &told) { try Self.say(line) }
            } else {
                try text.withUnsafeBytes { try FileBytes.writeAll($0, to: STDERR_FILENO, "the log") }
            }
        }
        if done != before { try FileBytes.write("\(done[0]) \(done[1])".utf8, to: submission.path("relayed")) }
    }

    /// The worker's last word is said again where an earlier process had passed it on: the daemon may not have lived to
    /// act on it.
    mutating func finish(_ told: inout Set<String>) throws {
        try pass(&told)
        if lastLine == nil, let line = try Self.lastLine(of: paths[0]) { try Self.say(line[...]) }
    }

    private static func isNews(_ line: ArraySlice<UInt8>, _ told: inout Set<String>) -> Bool {
        guard case .notice(let text)? = try? WorkerEventLine(line: line).event else { return true }
        return told.insert(text).inserted
    }

    private static func say(_ line: ArraySlice<UInt8>) throws {
        try (line + [UInt8(ascii: "\n")]).withUnsafeBytes {
            try FileBytes.writeAll($0, to: STDOUT_FILENO, "what a worker says")
        }
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
}
