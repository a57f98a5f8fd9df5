import Foundation
import Ledger
import Logging
import Manifests

/// Brings one job from wherever it is to wherever it can get: claimed, run, and published; or back to the queue.
struct JobRunner: Sendable {
    let context: DaemonContext
    let running: RunningJobs

    private var ledger: Ledger { context.ledger }

    /// - Throws: `FileError` and `LedgerError` where the disk does not do its part; the job can be run again from
    ///   where it stands.
    func run(_ id: String) async throws {
        let record = try await ledger.update(id) { job in
            guard job.state == .queued else { return false }
            job.state = .running
            job.startedAt = job.startedAt ?? Date()
            job.note = nil
            return true
        }
        let publisher = Publisher(context: context)
        guard let record else {
            // It has ended, but something stood in the way of its input.
            if let ended = try await ledger.job(id), ended.state.isFinal { try await publisher.tidy(ended) }
            return
        }
        try context.faults(.markedRunning, id)
        let folder = context.state.job(id)
        if let outcome = try Outcome.read(from: folder) { return try await publisher.complete(record, outcome) }

        // A job that only ends needs next to nothing.
        if !record.isUrgent { try SpaceCheck.run(context.config) }
        switch try await JobStarter(context: context).prepare(record) {
        case .held(let reason):
            try await ledger.update(id) { job in
                job.state = .queued
                job.hold = reason
                // A wish to cancel may have come meanwhile; it does not wait for anything.
                job.isUrgent = job.isCancelRequested
                return true
            }
        case .removed:
            try await publisher.discard(record, "Its files were removed from the inbox before the start.")
        case .ended(let outcome):
            try await end(record, outcome, publisher)
        case .ready(let order):
            let mustWait = record.isUrgent
            try await ledger.update(id) { job in
                job.isClaimed = true
                // It was urgent to be refused, but has been corrected: it takes its turn like others.
                if mustWait { job.state = .queued }
                job.isUrgent = mustWait && job.isCancelRequested
                return true
            }
            guard !mustWait else { return }
            try await work(record, order, publisher)
        }
    }

    /// Runs workers until one of them ends the job, or the daemon stops.
    private func work(_ record: JobRecord, _ order: WorkOrder, _ publisher: Publisher) async throws {
        let folder = context.state.job(record.id)
        let logger = context.logger(of: record.id)
        var record = record
        while true {
            let (end, tracker) = try await WorkerRun(context: context, running: running, record: record).run(order)
            try context.faults(.workerEnded, record.id)
            if case .finished(let headline) = end { return try await self.end(record, .finished(headline), publisher) }
            guard let now = try await ledger.job(record.id) else { return }
            if now.isCancelRequested {
                return try await self.end(record, .cancelled("Cancelled by the user while it ran."), publisher)
            }
            if case .failed(let failure) = end { return try await self.end(record, .failed(failure), publisher) }
            if running.isShuttingDown {
                logger.info("Suspended; it goes on at the next start")
                try await requeue(record.id, tracker)
                return
            }
            let words = WorkerEnd.words(for: end)
            let crashes = tracker.hasAdvanced ? 1 : now.crashes + 1
            logger.warning("The worker ended early", metadata: ["how": "it \(words)", "inARow": "\(crashes)"])
            try FileBytes.append("distilld: the worker \(words).\n", to: folder.log)
            if crashes > context.tuning.crashesAllowed {
                let failure = WorkerEnd.failure(after: end, crashes: crashes, log: try folder.logText(last: 16 << 10))
                // What lies there is half a result.
                try Tree.remove(folder.staging)
                return try await self.end(record, .failed(failure), publisher)
            }
            let updated = try await ledger.update(record.id) { job in
                job.crashes = crashes
                job.highWater = tracker.highWater
                job.workerPID = nil
                job.note = "The worker \(words); it goes on from its last checkpoint (attempt \(crashes + 1))."
                return true
            }
            guard let updated else { return }
            record = updated
            try await Task.sleep(for: context.tuning.crashDelay)
        }
    }

    private func requeue(_ id: String, _ tracker: EventTracker) async throws {
        try await ledger.update(id) { job in
            job.state = .queued
            job.workerPID = nil
            job.highWater = tracker.highWater
            if tracker.hasAdvanced { job.crashes = 0 }
            return true
        }
    }

    private func end(_ record: JobRecord, _ outcome: Outcome, _ publisher: Publisher) async throws {
        try await ClusterRelease(folder: context.state.job(record.id)).run()
        try await publisher.stage(record, outcome)
        try outcome.write(to: context.state.job(record.id))
        try context.faults(.outcomeWritten, record.id)
        try await publisher.complete(record, outcome)
    }
}
