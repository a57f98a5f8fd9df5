import Foundation
import Ledger

/// A job's log, wherever it is by now, and as it grows.
public struct LogReader: Sendable {
    private let job: JobRecord
    private let ledger: LedgerReader
    private let state: StateLayout
    private let outbox: String

    public struct Missing: Error, CustomStringConvertible {
        public var description: String
    }

    /// Between looks at a log that is followed.
    static let interval = Duration.milliseconds(250)

    private var places: [String] { Self.places(of: job.id, state: state, outbox: outbox) }

    static func places(of id: String, state: StateLayout, outbox: String) -> [String] {
        [state.job(id).log, Path.join(Path.join(outbox, id), "log.txt"), state.archivedLog(id)]
    }

    /// Calls `body` with pieces of the log.
    /// - Parameter follow: go on until the job has ended.
    /// - Throws: `Missing` where there is no log, and without `follow` none yet.
    public func read(follow: Bool, _ body: ([UInt8]) throws -> Void) async throws {
        var descriptor = try open()
        while descriptor == nil {
            // Read before the last look: were it read after, the log could appear in between.
            let hasEnded = try await hasEnded()
            descriptor = try open()
            if descriptor != nil { break }
            guard follow, !hasEnded else { throw missing(hasEnded) }
            try await Task.sleep(for: Self.interval)
        }
        guard let descriptor else { return }
        defer { close(descriptor) }
        while true {
            let hasEnded = try await hasEnded()
            while case let piece = try FileBytes.readSome(descriptor, 1 << 16, places[0]), !piece.isEmpty {
                try body(piece)
            }
            // The file that is open stays readable when it is moved or removed at the job's end.
            if !follow || hasEnded { return }
            try await Task.sleep(for: Self.interval)
        }
    }

    private func open() throws -> Int32? {
        for path in places {
            let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
            if descriptor >= 0 { return descriptor }
            guard errno == ENOENT || errno == ENOTDIR else { throw FileError("open", path) }
        }
        return nil
    }

    private func hasEnded() async throws -> Bool { try await ledger.job(job.id)?.state.isFinal ?? true }

    private func missing(_ hasEnded: Bool) -> Missing {
        let reason =
            hasEnded
            ? "it never ran, or its folder was removed from the outbox"
            : "it has not begun; `distilld logs --follow \(job.id)` waits for it"
        return Missing(description: "\(job.id) has no log: \(reason).")
    }

    fileprivate init(job: JobRecord, ledger: LedgerReader, state: StateLayout, outbox: String) {
        self.job = job
        self.ledger = ledger
        self.state = state
        self.outbox = outbox
    }
}

extension ControlClient {
    /// The log of the job that `query` means; of several, the latest.
    public func log(of query: String) async throws -> LogReader {
        let ledger = try openLedger()
        let job = try JobQuery(query).latest(of: try await ledger.jobs())
        return LogReader(job: job, ledger: ledger, state: StateLayout(root: config.state), outbox: config.outbox)
    }
}
