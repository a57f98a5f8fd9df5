import Foundation
import Ledger

/// What the daemon is doing, for people and, as JSON, for programs.
public struct StatusReport: Codable, Sendable, Equatable {
    public static let currentSchemaVersion = 1

    public struct Job: Codable, Sendable, Equatable {
        public var id: String
        public var name: String
        public var state: JobState
        public var manifest: String
        public var dataset: String
        public var priority: Int
        public var queuedAt: Date
        public var startedAt: Date?
        public var finishedAt: Date?
        /// Why a queued job does not start.
        public var waitsFor: String?
        /// A remark on a difficulty.
        public var note: String?
        public var summary: String?
        /// The job's folder in the outbox, where there is one.
        public var folder: String?
        public var process: Int?
        public var retryOf: String?
        public var progress: Progress?
    }

    public struct Progress: Codable, Sendable, Equatable {
        public var stage: String
        /// Units of the stage; a total of 0 is unknown.
        public var done: Int
        public var total: Int
        public var epoch: Int?
        public var epochs: Int?
        /// On the evaluation split, 0...1.
        public var accuracy: Double?
        public var imagesPerSecond: Double?
        /// Estimated, to the end of this stage.
        public var secondsLeftInStage: Double?
    }

    public struct Note: Codable, Sendable, Equatable {
        public var path: String
        public var kind: InboxNote.Kind
        public var reason: String
    }

    public var schemaVersion = Self.currentSchemaVersion
    public var time: Date
    public var isDaemonRunning: Bool
    public var inbox: String
    public var outbox: String
    public var state: String
    public var running: [Job]
    /// In the order in which they will start.
    public var queued: [Job]
    /// The latest first.
    public var recent: [Job]
    /// What else lies in the inbox: manifests that wait, datasets, and things left alone.
    public var notes: [Note]
}

extension ControlClient {
    /// - Parameter history: how many finished jobs.
    public func status(history: Int = 10) async throws -> StatusReport {
        try report(of: try await openLedger().snapshot(history: history))
    }

    public func report(of snapshot: LedgerReader.Snapshot) throws -> StatusReport {
        let now = Date()
        let makeJob = { (record: JobRecord) in
            StatusReport.Job(record, snapshot.progress[record.id], outbox: config.outbox, at: now)
        }
        return StatusReport(
            time: now, isDaemonRunning: try isDaemonRunning(), inbox: config.inbox, outbox: config.outbox,
            state: config.state, running: snapshot.running.map(makeJob), queued: snapshot.queued.map(makeJob),
            recent: snapshot.finished.map(makeJob),
            notes: snapshot.notes.map { StatusReport.Note(path: $0.path, kind: $0.kind, reason: $0.reason) })
    }
}

extension StatusReport {
    public var json: String {
        get throws { String(decoding: try Self.encoder.encode(self), as: UTF8.self) }
    }

    /// How jobs are written for programs, here and in notices.
    static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var value = encoder.singleValueContainer()
            try value.encode(Timestamp.iso(date))
        }
        return encoder
    }
}

extension StatusReport.Job {
    package init(_ record: JobRecord, _ progress: JobProgress?, outbox: String, at now: Date) {
        id = record.id
        name = record.name
        state = record.state
        manifest = record.manifestName
        dataset = record.datasetName
        priority = record.priority
        queuedAt = record.createdAt
        startedAt = record.startedAt
        finishedAt = record.finishedAt
        waitsFor = record.hold
        note = record.note
        summary = record.summary
        folder = record.state == .done || record.state == .failed ? Path.join(outbox, record.id) : nil
        process = record.workerPID
        retryOf = record.retryOf
        self.progress = progress.flatMap { progress in
            progress.stage.map { stage in
                StatusReport.Progress(
                    stage: stage, done: progress.done, total: progress.total, epoch: progress.epoch,
                    epochs: progress.epochs, accuracy: progress.accuracy, imagesPerSecond: progress.imagesPerSecond,
                    secondsLeftInStage: progress.secondsLeftInStage(at: now))
            }
        }
    }
}
