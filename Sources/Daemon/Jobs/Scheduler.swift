import Foundation
import Ledger
import Logging

/// Starts queued jobs: urgent ones at once, others by priority and then arrival, as many at a time as configured.
actor Scheduler {
    private let context: DaemonContext
    private let running: RunningJobs
    private let wake: Signal
    /// The jobs whose supervisors run.
    private var active: Set<String> = []
    private var activeSlots = 0
    /// A supervisor met an error that the daemon cannot live with.
    private var hasFailed = false
    /// Jobs that met a difficulty, until when they rest.
    private var resting: [String: ContinuousClock.Instant] = [:]
    /// Jobs that have ended and are published, but whose input could not be put away yet.
    private var untidy: [String: JobRecord] = [:]
    /// Called with the numbers of running and queued jobs after each round.
    private let report: @Sendable (_ running: Int, _ queued: Int) -> Void

    init(
        _ context: DaemonContext, running: RunningJobs, wake: Signal,
        report: @escaping @Sendable (_ running: Int, _ queued: Int) -> Void
    ) {
        self.context = context
        self.running = running
        self.wake = wake
        self.report = report
    }

    /// Runs until the jobs are told to shut down, and returns when the last worker has ended.
    func run(lookEvery interval: Duration) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            // An error of a task ends the group's other tasks, but not this one.
            while !running.isShuttingDown, !hasFailed {
                try Task.checkCancellation()
                context.heartbeats.beat(.scheduler)
                for job in try await due() {
                    active.insert(job.id)
                    if !job.isUrgent { activeSlots += 1 }
                    group.addTask { try await self.supervise(job) }
                }
                report(active.count, try await queuedCount())
                await wake.wait(atMost: interval)
            }
        }
    }

    private func due() async throws -> [JobRecord] {
        let now = ContinuousClock.now
        resting = resting.filter { $0.value > now }
        var free = context.config.jobsAtOnce - activeSlots
        do {
            let jobs = try await context.ledger.startable(
                limit: max(0, free) + 16, excluding: active.union(resting.keys))
            let startable = jobs.filter { job in
                if job.isUrgent { return true }
                free -= 1
                return free >= 0
            }
            return startable + untidy.values.filter { resting[$0.id] == nil && !active.contains($0.id) }
        } catch let error as LedgerError {
            context.logger.error("Cannot look for jobs to start", metadata: ["error": "\(error)"])
            return []
        }
    }

    private func queuedCount() async throws -> Int {
        do { return try await context.ledger.count(of: .queued) } catch is LedgerError { return 0 }
    }

    private func supervise(_ job: JobRecord) async throws {
        do {
            try await JobRunner(context: context, running: running).run(job.id)
            untidy[job.id] = nil
        } catch let error as SpaceCheck.Shortage {
            try await postpone(job, "\(error)")
        } catch let error as FileError {
            try await postpone(job, error.fix.map { "\(error). \($0)" } ?? "\(error).")
        } catch let error as LedgerError {
            try await postpone(job, "\(error)")
        } catch let error as SlurmError {
            try await postpone(job, "cannot end the job on the cluster (\(error)).")
        } catch {
            hasFailed = true
            wake.raise()
            throw error
        }
        active.remove(job.id)
        if !job.isUrgent { activeSlots -= 1 }
        wake.raise()
    }

    /// The disk did not do its part: the job rests, and then goes on from where it stands.
    private func postpone(_ job: JobRecord, _ why: String) async throws {
        let logger = context.logger(of: job.id)
        logger.error("Cannot go on just now; it is tried again", metadata: ["error": "\(why)"])
        resting[job.id] = ContinuousClock.now + context.tuning.troubleDelay
        while !running.isShuttingDown {
            do {
                let claim = JobClaim(record: job, folder: context.state.job(job.id), faults: context.faults)
                let isClaimed = try claim.isBegun()
                let waiting = try await context.ledger.update(job.id) { job in
                    guard job.state == .running else { return false }
                    job.state = .queued
                    job.isClaimed = isClaimed
                    job.workerPID = nil
                    job.note = "The daemon \(why) It is tried again."
                    return true
                }
                if waiting == nil, var ended = try await context.ledger.job(job.id), ended.state.isFinal {
                    // What is left to do takes no job's place.
                    ended.isUrgent = true
                    untidy[job.id] = ended
                }
                return
            } catch  where error is LedgerError || error is FileError {
                // Unless the ledger knows that the job waits, nobody starts it again.
                logger.error("Cannot write the ledger; it is tried again", metadata: ["error": "\(error)"])
                try await Task.sleep(for: context.tuning.troubleDelay)
            }
        }
    }
}
