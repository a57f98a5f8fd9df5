import Foundation
import Ledger

/// What users do to jobs, from whichever side the wish comes.
actor JobCommands {
    private let context: DaemonContext
    private let running: RunningJobs
    private let scheduler: Signal

    init(_ context: DaemonContext, running: RunningJobs, scheduler: Signal) {
        self.context = context
        self.running = running
        self.scheduler = scheduler
    }

    /// Why a command was not carried out.
    struct Refusal: Error, CustomStringConvertible {
        var description: String
    }

    /// Ends a job that waits or runs.
    /// - Returns: what happens now, for the user.
    /// - Throws: `Refusal`, `LedgerError`.
    func cancel(_ id: String) async throws -> String {
        let job = try await context.ledger.update(id) { job in
            guard !job.state.isFinal else { return false }
            job.requestCancel()
            return true
        }
        guard let job else {
            guard let job = try await context.ledger.job(id) else {
                throw Refusal(description: "There is no job \(id).")
            }
            throw Refusal(description: "The job \(id) has already ended: it is \(job.state.rawValue).")
        }
        context.logger(of: id).info("Cancelled by the user")
        running.stop(id, .cancelled)
        scheduler.raise()
        return job.state == .running ? "Stopping \(id)." : "Cancelled \(id)."
    }

    /// Ends all jobs that a person may mean by `wanted`.
    /// - Returns: how many.
    func cancel(named wanted: String) async throws -> Int {
        let jobs = try await context.ledger.jobs(in: .queued, .running).filter { job in
            !job.isCancelRequested
                && DroppedName.matches(wanted, id: job.id, name: job.name, manifest: job.manifestName)
        }
        for job in jobs { _ = try await cancel(job.id) }
        return jobs.count
    }

    /// Queues a failed or cancelled job's input again, under a new identifier.
    /// - Returns: the new identifier.
    func retry(_ id: String) async throws -> String {
        guard let job = try await context.ledger.job(id) else { throw Refusal(description: "There is no job \(id).") }
        guard job.state == .failed || job.state == .cancelled else {
            throw Refusal(
                description: "Only a failed or cancelled job can be tried again; \(id) is \(job.state.rawValue).")
        }
        try await awaitTidiness(of: id)
        guard let kept = job.keptInput else {
            throw Refusal(
                description: "The input of \(id) was not kept: drop it into the inbox again.")
        }
        let name = Path.name(of: job.sourcePath)
        let path = Path.join(kept, name)
        guard try FileStatus.exists(path) else {
            throw Refusal(
                description: "The input of \(id) is no longer at \(path.shown): drop it into the inbox again.")
        }
        let others = try await context.ledger.jobs(in: .queued, .running)
        if let other = others.first(where: { $0.sourcePath == path }) {
            throw Refusal(description: "\(id) is already being tried again, as \(other.id).")
        }
        let candidate = Candidate(source: job.source, path: path)
        let heartbeats = context.heartbeats
        let inspector = JobInspector(config: context.config) { heartbeats.beat(.control) }
        let inspection = try await onFileQueue { inspector.inspect(candidate, manifestName: job.manifestName) }
        let now = Date()
        let newID = try await context.ids.make(for: [inspection.jobName], at: now)[0]
        var record = JobRecord(
            id: newID, name: inspection.jobName, createdAt: now, manifestName: job.manifestName,
            datasetName: inspection.datasetName, source: job.source, sourcePath: path,
            fingerprint: inspection.fingerprint, retryOf: id)
        record.apply(inspection.conclusion)
        if case .waiting(let reason) = inspection.conclusion { record.hold = reason }
        try await context.ledger.add([record])
        context.logger(of: newID).info("Queued again", metadata: ["retryOf": "\(id)"])
        scheduler.raise()
        return newID
    }

    /// A job has ended when the ledger says so; its input comes to its place in the instant after.
    private func awaitTidiness(of id: String) async throws {
        for _ in 0..<100 {
            guard try FileStatus.exists(context.state.job(id).root) else { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw Refusal(description: "The input of \(id) is still being put away: try again in a while.")
    }
}
