import Foundation
import GRDB

/// The daemon's book of jobs: an SQLite file of which the daemon is the only writer.
///
/// Every change of a job's state is on disk when the method returns (`synchronous=FULL`); progress and notes, which
/// the next event repeats, may be lost with the power.
public final class Ledger: Sendable {
    public let path: String
    private let database: DatabasePool

    /// Opens or creates the ledger and brings its schema up to date.
    /// - Throws: `LedgerError`.
    public init(path: String) throws {
        self.path = path
        database = try LedgerError.wrapping(path) {
            var configuration = Configuration()
            configuration.label = "ledger"
            configuration.busyMode = .timeout(5)
            configuration.maximumReaderCount = 2
            configuration.prepareDatabase { database in
                guard !database.configuration.readonly else { return }
                try database.execute(sql: "PRAGMA synchronous = FULL")
            }
            let pool = try DatabasePool(path: path, configuration: configuration)
            try LedgerMigrations.all.migrate(pool)
            return pool
        }
    }

    /// Closes the file; any use of the ledger after it throws.
    public func close() throws {
        try LedgerError.wrapping(path) { try database.close() }
    }

    /// Reads all of the file.
    /// - Throws: `LedgerError`, with `isDamage` where it is not sound.
    public func check() async throws {
        let complaint = try await read { try String.fetchOne($0, sql: "PRAGMA quick_check(1)") }
        guard let complaint, complaint != "ok" else { return }
        throw LedgerError(path: path, what: complaint, fix: "It is damaged.", isDamage: true)
    }

    // MARK: Reading

    public func job(_ id: String) async throws -> JobRecord? {
        try await read { try LedgerQueries.job(id, in: $0) }
    }

    /// In order of arrival.
    public func jobs(in states: JobState...) async throws -> [JobRecord] {
        try await read { try LedgerQueries.jobs(in: states, of: $0) }
    }

    public func contains(id: String) async throws -> Bool {
        try await read { try JobRecord.filter(JobRecord.Column.id == id).isEmpty($0) == false }
    }

    /// Of `ids`, those that are used.
    public func usedIDs(among ids: [String]) async throws -> Set<String> {
        try await read { database in
            try String.fetchSet(
                database,
                JobRecord.filter(ids.contains(JobRecord.Column.id)).select(JobRecord.Column.id))
        }
    }

    /// Whether a manifest ever named this dataset.
    public func isDatasetNamed(_ name: String) async throws -> Bool {
        try await read { database in
            try JobRecord.filter(JobRecord.Column.datasetName == name)
                .filter(JobRecord.Column.source != JobSource.dataset.rawValue).isEmpty(database) == false
        }
    }

    /// The jobs that were done last on a dataset of this name, the latest first.
    public func lastDone(on dataset: String, limit: Int) async throws -> [JobRecord] {
        try await read { database in
            try JobRecord.filter(JobRecord.Column.state == JobState.done.rawValue)
                .filter(JobRecord.Column.datasetName == dataset)
                .order(JobRecord.Column.finishedAt.desc).limit(limit).fetchAll(database)
        }
    }

    /// The queued jobs that may start now, in the order in which they should: urgent ones, then by priority, then by
    /// arrival.
    public func startable(limit: Int, excluding: Set<String> = []) async throws -> [JobRecord] {
        try await read { database in
            try JobRecord
                .filter(JobRecord.Column.state == JobState.queued.rawValue)
                .filter(JobRecord.Column.hold == nil || JobRecord.Column.isUrgent == true)
                .filter(!excluding.contains(JobRecord.Column.id))
                .order(
                    JobRecord.Column.isUrgent.desc, JobRecord.Column.priority.desc, JobRecord.Column.sequence
                )
                .limit(limit).fetchAll(database)
        }
    }

    public func count(of state: JobState) async throws -> Int {
        try await read { try JobRecord.filter(JobRecord.Column.state == state.rawValue).fetchCount($0) }
    }

    // MARK: Writing

    /// Adds jobs, all or none.
    public func add(_ jobs: [JobRecord]) async throws {
        try await write { database in
            for var job in jobs { try job.insert(database) }
        }
    }

    /// Changes a job as it is now.
    /// - Parameter change: returns false to leave the job as it is.
    /// - Returns: the job afterwards; nil where there is none of this id or `change` returned false.
    @discardableResult
    public func update(
        _ id: String, _ change: @Sendable @escaping (inout JobRecord) -> Bool
    ) async throws -> JobRecord? {
        try await write { database in
            guard var job = try LedgerQueries.job(id, in: database), change(&job) else { return nil }
            try job.update(database)
            if job.state.isFinal { try JobProgress.deleteOne(database, key: id) }
            return job
        }
    }

    /// Writes down what a worker said, without waiting for the disk.
    public func record(_ progress: JobProgress) async throws {
        try await relaxedWrite { try progress.insert($0) }
    }

    /// Puts `notes` in place of all earlier ones, without waiting for the disk.
    public func replaceNotes(_ notes: [InboxNote]) async throws {
        try await relaxedWrite { database in
            try InboxNote.deleteAll(database)
            for note in notes { try note.insert(database) }
        }
    }

    // MARK: -

    private func read<Value: Sendable>(_ body: @Sendable @escaping (Database) throws -> Value) async throws -> Value {
        try await LedgerError.wrapping(path) { try await database.read(body) }
    }

    private func write<Value: Sendable>(_ body: @Sendable @escaping (Database) throws -> Value) async throws -> Value {
        try await LedgerError.wrapping(path) { try await database.write(body) }
    }

    /// In WAL mode `synchronous=NORMAL` keeps the file sound but lets the last transactions go with the power.
    private func relaxedWrite(_ body: @Sendable @escaping (Database) throws -> Void) async throws {
        try await LedgerError.wrapping(path) {
            try await database.writeWithoutTransaction { database in
                try database.execute(sql: "PRAGMA synchronous = NORMAL")
                let result = Result {
                    try database.inTransaction {
                        try body(database)
                        return .commit
                    }
                }
                try database.execute(sql: "PRAGMA synchronous = FULL")
                try result.get()
            }
        }
    }
}
