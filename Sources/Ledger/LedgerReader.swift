import Foundation
import GRDB

/// The ledger for other processes than the daemon: opened read-only, beside the daemon or without it.
public struct LedgerReader: Sendable {
    /// One look at everything that is not history, and the latest of what is.
    public struct Snapshot: Sendable, Equatable {
        /// In order of arrival.
        public var running: [JobRecord]
        /// In the order in which they will start.
        public var queued: [JobRecord]
        /// The latest first.
        public var finished: [JobRecord]
        public var progress: [String: JobProgress]
        public var notes: [InboxNote]
    }

    private let path: String
    private let database: DatabaseQueue

    /// - Throws: `LedgerError`, also where the file is missing.
    public init(path: String) throws {
        self.path = path
        database = try LedgerError.wrapping(path) {
            var configuration = Configuration()
            configuration.readonly = true
            configuration.busyMode = .timeout(5)
            return try DatabaseQueue(path: path, configuration: configuration)
        }
    }

    public func snapshot(history: Int) async throws -> Snapshot {
        try read { database in
            let queued = JobRecord.filter(JobRecord.Column.state == JobState.queued.rawValue)
            let finals = JobState.allCases.filter(\.isFinal).map(\.rawValue)
            return Snapshot(
                running: try LedgerQueries.jobs(in: [.running], of: database),
                queued: try queued.order(
                    JobRecord.Column.isUrgent.desc, JobRecord.Column.priority.desc, JobRecord.Column.sequence
                ).fetchAll(database),
                finished: try JobRecord.filter(finals.contains(JobRecord.Column.state))
                    .order(JobRecord.Column.finishedAt.desc, JobRecord.Column.sequence.desc).limit(history)
                    .fetchAll(database),
                progress: try JobProgress.fetchAll(database).reduce(into: [:]) { $0[$1.jobID] = $1 },
                notes: try InboxNote.order(GRDB.Column("path")).fetchAll(database))
        }
    }

    public func job(_ id: String) async throws -> JobRecord? {
        try read { try LedgerQueries.job(id, in: $0) }
    }

    /// Which of the jobs that have ended are wanted.
    public struct HistoryQuery: Sendable, Equatable {
        /// Part of an identifier, a name, a dataset's name or a summary; empty: any.
        public var text = ""
        public var states: [JobState] = JobState.allCases.filter(\.isFinal)
        public var limit = 50
        public var offset = 0

        public init() {}
    }

    /// The jobs that have ended and match, the latest first, and how many there are of them.
    public func history(_ query: HistoryQuery) async throws -> (jobs: [JobRecord], total: Int) {
        try read { database in
            var request = JobRecord.filter(query.states.map(\.rawValue).contains(JobRecord.Column.state))
            if !query.text.isEmpty {
                let special: Set<Character> = ["%", "_", "\\"]
                let pattern = "%" + query.text.flatMap { special.contains($0) ? "\\\($0)" : "\($0)" } + "%"
                let columns = ["id", "name", "datasetName", "manifestName", "summary"].map { GRDB.Column($0) }
                request = request.filter(columns.map { $0.like(pattern, escape: "\\") }.joined(operator: .or))
            }
            let jobs = try request.order(JobRecord.Column.finishedAt.desc, JobRecord.Column.sequence.desc)
                .limit(query.limit, offset: query.offset).fetchAll(database)
            return (jobs, try request.fetchCount(database))
        }
    }

    /// The job that was done last before `job` on the dataset of the same name.
    public func predecessor(of job: JobRecord) async throws -> JobRecord? {
        try read { database in
            try JobRecord.filter(JobRecord.Column.state == JobState.done.rawValue)
                .filter(JobRecord.Column.datasetName == job.datasetName && JobRecord.Column.id != job.id)
                .filter(JobRecord.Column.finishedAt < job.finishedAt)
                .order(JobRecord.Column.finishedAt.desc).fetchOne(database)
        }
    }

    /// What is counted for metrics.
    public struct Counts: Sendable, Equatable {
        public var jobs: [JobState: Int]
        public var progress: [String: JobProgress]
        public var running: [JobRecord]
    }

    public func counts() async throws -> Counts {
        try read { database in
            let counted = try JobRecord.select(JobRecord.Column.state, count(GRDB.Column.rowID), as: Row.self)
                .group(JobRecord.Column.state).fetchAll(database)
            return Counts(
                jobs: counted.reduce(into: [:]) { jobs, row in JobState(rawValue: row[0]).map { jobs[$0] = row[1] } },
                progress: try JobProgress.fetchAll(database).reduce(into: [:]) { $0[$1.jobID] = $1 },
                running: try LedgerQueries.jobs(in: [.running], of: database))
        }
    }

    /// Every job, the latest first.
    public func jobs() async throws -> [JobRecord] {
        try read { try JobRecord.order(JobRecord.Column.sequence.desc).fetchAll($0) }
    }

    /// On the caller's thread: a reader waits for no writer, and a look takes less than the way to another thread.
    private func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try LedgerError.wrapping(path) { try database.read(body) }
    }
}
