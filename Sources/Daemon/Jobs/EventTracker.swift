import Foundation
import Ledger
import Manifests

/// Follows one worker's events.
struct EventTracker {
    private(set) var progress: JobProgress
    /// How far this job ever got: by stage, then by epoch.
    private(set) var highWater: Int
    /// This worker got further than any before it.
    private(set) var hasAdvanced = false
    /// The last event, where it was one that ends a worker.
    private(set) var ending: WorkerEvent?

    private var lastWritten: ContinuousClock.Instant?

    /// Progress within a stage is written to the ledger at most this often.
    static let writeInterval = Duration.milliseconds(500)

    init(jobID: String, highWater: Int) {
        progress = JobProgress(jobID: jobID)
        self.highWater = highWater
    }

    mutating func apply(_ line: WorkerEventLine) {
        progress.updatedAt = Date(timeIntervalSince1970: line.time)
        ending = nil
        switch line.event {
        case .stage(let stage, let total): begin(stage, total: total)
        case .progress(let stage, let done, let total):
            if progress.stage != stage.rawValue { begin(stage, total: total) }
            progress.done = done
            progress.total = total
        case .epoch(let record):
            if progress.stage != record.stage.rawValue { begin(record.stage, total: 0) }
            progress.epoch = record.epoch
            progress.epochs = record.epochs
            progress.accuracy =
                record.isEvaluated && record.evaluationAccuracy.isFinite ? record.evaluationAccuracy : nil
            progress.imagesPerSecond = record.imagesPerSecond.isFinite ? record.imagesPerSecond : nil
            progress.epochSeconds = record.seconds.isFinite ? record.seconds : nil
            reach(record.stage, record.epoch)
        case .trial(_, let done, _): reach(.tune, done)
        case .finished, .failed, .suspended: ending = line.event
        case .started, .notice: break
        }
    }

    /// Whether the ledger should hear of the progress now: of a stage and an epoch always, as the next event may be far.
    mutating func isWriteDue(after event: WorkerEvent) -> Bool {
        let now = ContinuousClock.now
        switch event {
        case .stage, .epoch: break
        case .progress: if let lastWritten, now < lastWritten + Self.writeInterval { return false }
        case .started, .trial, .notice, .finished, .failed, .suspended: return false
        }
        lastWritten = now
        return true
    }

    private mutating func begin(_ stage: Stage, total: Int) {
        let time = progress.updatedAt
        progress = JobProgress(jobID: progress.jobID, updatedAt: time)
        progress.stage = stage.rawValue
        progress.stageStartedAt = time
        progress.total = total
        reach(stage, 0)
    }

    private mutating func reach(_ stage: Stage, _ epoch: Int) {
        let index = Stage.allCases.firstIndex(of: stage) ?? 0
        let mark = (index + 1) * 1_000_000 + epoch
        guard mark > highWater else { return }
        highWater = mark
        hasAdvanced = true
    }
}
