import Foundation
import GRDB

/// A job in the ledger: one row, written by the daemon only.
public struct JobRecord: Codable, Sendable, Equatable {
    /// Order of arrival, given by the ledger.
    public var sequence: Int64?
    /// Also the name of the job's folder in the outbox; never used twice.
    public var id: String
    public var name: String
    public var state: JobState
    /// Larger runs first.
    public var priority: Int
    /// When the daemon took the job on.
    public var createdAt: Date
    public var startedAt: Date?
    public var finishedAt: Date?

    /// The manifest's name as the user knows it.
    public var manifestName: String
    /// The dataset as the manifest names it; empty where the manifest could not be read.
    public var datasetName: String
    /// What kind of thing lies, or lay, at `sourcePath`.
    public var source: JobSource
    /// What is claimed: absolute path of a file or folder.
    public var sourcePath: String
    /// State of manifest and dataset when they were found settled; a difference later means they were changed.
    public var fingerprint: String
    /// `sourcePath` has been moved into the job's private folder.
    public var isClaimed: Bool

    /// Why the job cannot start though it is queued; nil: it can.
    public var hold: String?
    /// A remark for the user on what the daemon is doing about a difficulty.
    public var note: String?
    /// Ends without running as soon as it can: its manifest is invalid, or the user cancelled it while queued.
    public var isUrgent: Bool
    public var isCancelRequested: Bool

    /// Crashes of the worker since it last got further than ever before.
    public var crashes: Int
    /// How far any worker of this job got; larger is further.
    public var highWater: Int
    public var workerPID: Int?

    /// The verdict of a finished job, or what a failed job says.
    public var summary: String?
    /// JSON of the outcome's details, in the words of the worker's protocol.
    public var outcome: String?
    /// Folder to which the claimed files went at the end; nil where they were deleted.
    public var keptInput: String?
    /// The job of which this is another try.
    public var retryOf: String?

    public init(
        id: String, name: String, priority: Int = 0, createdAt: Date = Date(), manifestName: String,
        datasetName: String, source: JobSource, sourcePath: String, fingerprint: String, isUrgent: Bool = false,
        retryOf: String? = nil
    ) {
        self.id = id
        self.name = name
        state = .queued
        self.priority = priority
        self.createdAt = createdAt
        self.manifestName = manifestName
        self.datasetName = datasetName
        self.source = source
        self.sourcePath = sourcePath
        self.fingerprint = fingerprint
        isClaimed = false
        self.isUrgent = isUrgent
        isCancelRequested = false
        crashes = 0
        highWater = 0
        self.retryOf = retryOf
    }
}

extension JobRecord: FetchableRecord, MutablePersistableRecord {
    public static let databaseTableName = "job"

    public mutating func didInsert(_ inserted: InsertionSuccess) { sequence = inserted.rowID }

    enum Column {
        static let sequence = GRDB.Column("sequence")
        static let id = GRDB.Column("id")
        static let state = GRDB.Column("state")
        static let datasetName = GRDB.Column("datasetName")
        static let source = GRDB.Column("source")
        static let priority = GRDB.Column("priority")
        static let hold = GRDB.Column("hold")
        static let isUrgent = GRDB.Column("isUrgent")
        static let finishedAt = GRDB.Column("finishedAt")
    }
}
