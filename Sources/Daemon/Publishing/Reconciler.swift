import Foundation
import Ledger
import Logging

/// Brings ledger, state, inbox and outbox into agreement when the daemon starts, whatever instant the last one
/// ended at. Jobs that were running are queued again, and go on from where they stand.
struct Reconciler {
    let context: DaemonContext

    private var ledger: Ledger { context.ledger }
    private var state: StateLayout { context.state }

    func run() async throws {
        let folders = try Folder.names(of: state.jobs).filter { !$0.hasPrefix(".") }
        for id in folders {
            if try WorkerLock.endEarlierWorker(state.job(id)) {
                context.logger(of: id).warning("Ended a worker that an earlier daemon left behind")
            }
        }
        for id in folders { try await reconcile(folder: state.job(id)) }
        for job in try await ledger.jobs(in: .running) { try await reconcile(running: job) }
        for job in try await ledger.jobs(in: .queued) where !job.isClaimed { try await reconcile(queued: job) }
        try await removeLeftovers()
    }

    private func reconcile(folder: JobFolder) async throws {
        guard let job = try await ledger.job(folder.id) else { return try await restore(folder) }
        // Only removing the private folder was left to do.
        if job.state.isFinal { try await Publisher(context: context).tidy(job) }
    }

    /// The ledger does not know the folder: it was lost, or set back to an older copy.
    private func restore(_ folder: JobFolder) async throws {
        let logger = context.logger(of: folder.id)
        if var record = try JobRow.read(folder), record.id == folder.id {
            record.sequence = nil
            record.state = .queued
            record.isClaimed = try isClaimed(record)
            record.workerPID = nil
            record.isUrgent = try FileStatus.exists(folder.outcome)
            try await ledger.add([record])
            logger.warning("Restored a job that the ledger had lost")
            return
        }
        if let claimed = try folder.claimed() {
            let target = Path.join(Path.join(context.config.inbox, DaemonNames.failed), folder.id)
            try Folder.create(target, mode: 0o775)
            try Move.move(claimed, to: Path.join(target, Path.name(of: claimed)))
            logger.warning("Returned the input of an unknown job", metadata: ["to": "\(target)"])
        }
        try Tree.remove(folder.root)
    }

    private func reconcile(running job: JobRecord) async throws {
        let folder = state.job(job.id)
        let published = Path.join(context.config.outbox, job.id)
        if try !FileStatus.exists(folder.root), try FileStatus.exists(published) {
            // The ledger's last word was lost with the power.
            let hasFailed = try FileStatus.exists(Path.join(published, "error.json"))
            try await ledger.update(job.id) { job in
                job.end(hasFailed ? .failed : .done, summary: job.summary ?? "See report.html.")
                return true
            }
            return
        }
        let isClaimed = try isClaimed(job)
        let hasEnded = try FileStatus.exists(folder.outcome)
        try await ledger.update(job.id) { job in
            job.state = .queued
            job.isClaimed = isClaimed
            job.isUrgent = job.isUrgent || hasEnded
            job.workerPID = nil
            return true
        }
        context.logger(of: job.id).info(hasEnded ? "Its result is published now" : "Goes on after the restart")
    }

    /// The power may have gone after the rename of a claim was on disk, but before the ledger's word of it.
    private func reconcile(queued job: JobRecord) async throws {
        guard try isClaimed(job) else { return }
        try await ledger.update(job.id) { job in
            job.isClaimed = true
            return true
        }
    }

    private func isClaimed(_ job: JobRecord) throws -> Bool {
        try JobClaim(record: job, folder: state.job(job.id), faults: context.faults).isBegun()
    }

    /// What copies that were broken off left behind.
    private func removeLeftovers() async throws {
        let config = context.config
        for folder in [config.outbox, state.archive, config.inbox] {
            for name in try Folder.names(of: folder) where name.hasPrefix(Move.partialPrefix) {
                try Tree.remove(Path.join(folder, name))
            }
        }
        // No worker lives yet that could be writing one.
        for name in try Folder.names(of: state.cache) where name.hasSuffix(".part") {
            try Tree.remove(Path.join(state.cache, name))
        }
        // A file set aside for a job that no longer is one goes back to where it came from.
        for name in try Folder.names(of: config.inbox) where name.hasPrefix(DaemonNames.claimingPrefix) {
            let id = String(name.dropFirst(DaemonNames.claimingPrefix.count))
            if let job = try await ledger.job(id), !job.state.isFinal { continue }
            let aside = Path.join(config.inbox, name)
            for file in try Folder.names(of: aside) {
                let target = Path.join(config.inbox, file)
                guard try !FileStatus.exists(target) else { continue }
                _ = try Move.rename(Path.join(aside, file), to: target)
            }
            try Folder.removeIfEmpty(aside)
        }
    }
}
