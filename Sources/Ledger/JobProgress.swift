import Foundation
import GRDB

/// What a running job's worker last said of itself.
public struct JobProgress: Codable, Sendable, Equatable {
    public var jobID: String
    public var updatedAt: Date
    /// Name of the stage; nil before the first.
    public var stage: String?
    public var stageStartedAt: Date?
    /// Units of the stage; a total of 0 is unknown.
    public var done: Int
    public var total: Int
    /// The last epoch that ended in this stage, counted from 1.
    public var epoch: Int?
    public var epochs: Int?
    /// Share of right answers on the evaluation split after that epoch, 0...1.
    public var accuracy: Double?
    public var imagesPerSecond: Double?
    /// Wall time of that epoch.
    public var epochSeconds: Double?

    public init(jobID: String, updatedAt: Date = Date()) {
        self.jobID = jobID
        self.updatedAt = updatedAt
        done = 0
        total = 0
    }

    /// Estimated time to the end of this stage; nil where nothing is known to reckon with.
    public func secondsLeftInStage(at now: Date = Date()) -> Double? {
        if let epoch, let epochs, let epochSeconds {
            return max(0, Double(epochs - epoch) * epochSeconds - now.timeIntervalSince(updatedAt))
        }
        guard let stageStartedAt, done > 0, total >= done else { return nil }
        let elapsed = updatedAt.timeIntervalSince(stageStartedAt)
        return max(0, elapsed / Double(done) * Double(total - done) - now.timeIntervalSince(updatedAt))
    }
}

extension JobProgress: FetchableRecord, PersistableRecord {
    public static let databaseTableName = "progress"
    public static let persistenceConflictPolicy = PersistenceConflictPolicy(insert: .replace, update: .replace)
}
