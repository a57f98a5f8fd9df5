import Foundation
import Ledger
import Logging
import Manifests
import Reporting

/// Takes a job from its outcome to the end: staging folder to the outbox, ledger, input kept, private folder gone.
///
/// Each step leaves a state from which the whole can be done again, so that after a crash at any instant one more
/// call ends where an unbroken one would have.
struct Publisher: Sendable {
    let context: DaemonContext

    /// Completes the staging folder of a job that has ended. Comes before its outcome is written: from then on a
    /// staging folder that is not there has been published.
    func stage(_ record: JobRecord, _ outcome: Outcome) async throws {
        guard case .failed(let failure) = outcome else { return }
        let folder = context.state.job(record.id)
        try await onFileQueue { try writeReport(failure, record, folder) }
    }

    /// The outcome is written; all that follows from it is done.
    func complete(_ record: JobRecord, _ outcome: Outcome) async throws {
        let publisher = self
        let state = Self.state(for: outcome)
        try await onFileQueue { try publisher.publish(record, outcome) }
        try context.faults(.published, record.id)
        let kept = keptInput(record.id, state)
        let json = try outcome.json
        let ended = try await context.ledger.update(record.id) { job in
            guard !job.state.isFinal else { return false }
            job.end(state, summary: outcome.summary)
            job.outcome = json
            job.keptInput = kept
            job.isClaimed = true
            return true
        }
        try context.faults(.ledgerFinal, record.id)
        guard let ended else { return }
        try await tidy(ended)
        do { try await onFileQueue { try Retention(context: publisher.context).run() } } catch let error as FileError {
            context.logger.error("Cannot tidy up the state folder", metadata: ["error": "\(error)"])
        }
        context.logger(of: record.id).log(
            level: state == .failed ? .warning : .info, "\(Self.words(for: outcome))",
            metadata: state == .cancelled
                ? nil : ["folder": "\(Path.join(context.config.outbox, record.id))"])
    }

    /// Ends a job of which nothing is left to keep or to publish.
    func discard(_ record: JobRecord, _ why: String) async throws {
        try await context.ledger.update(record.id) { job in
            job.end(.cancelled, summary: why)
            return true
        }
        let folder = context.state.job(record.id)
        try await onFileQueue { try Tree.remove(folder.root) }
        context.logger(of: record.id).info("Cancelled", metadata: ["why": "\(why)"])
    }

    /// What is left to do for a job that has ended: keep its input, remove its private folder.
    func tidy(_ record: JobRecord) async throws {
        let publisher = self
        try await onFileQueue { try publisher.keepAndRemove(record) }
        try context.faults(.jobFolderRemoved, record.id)
    }

    // MARK: The outbox

    private func publish(_ record: JobRecord, _ outcome: Outcome) throws {
        if case .cancelled = outcome { return }
        let folder = context.state.job(record.id)
        // Gone: it was published before, wherever the user has moved it since.
        guard try FileStatus.exists(folder.staging) else { return }
        if try FileStatus.exists(folder.log) {
            let log = Path.join(folder.staging, "log.txt")
            try Tree.remove(log)
            try Tree.copy(folder.log, to: log)
        }
        try context.faults(.logStaged, record.id)
        try Tree.sync(folder.staging)
        try Move.move(folder.staging, to: Path.join(context.config.outbox, record.id))
    }

    /// Unless the worker has written one; a part of it, where the disk took no more, does not count.
    private func writeReport(_ failure: JobFailure, _ record: JobRecord, _ folder: JobFolder) throws {
        let isWhole = try ["error.json", "report.html"].allSatisfy {
            try FileStatus.exists(Path.join(folder.staging, $0))
        }
        guard !isWhole else { return }
        try Tree.remove(folder.staging)
        let partial = folder.staging + ".tmp"
        try Tree.remove(partial)
        try Folder.create(partial)
        try FailureReport.write(
            failure, jobID: record.id, jobName: record.name, log: try folder.logText(), to: partial)
        try Tree.sync(partial)
        guard try Move.rename(partial, to: folder.staging) else { throw FileError("rename", partial, EXDEV) }
    }

    // MARK: The input

    /// Where a job's input goes; nil: nowhere, it is deleted.
    private func keptInput(_ id: String, _ state: JobState) -> String? {
        let config = context.config
        if state == .done { return config.afterSuccess == .archive ? context.state.archived(id) : nil }
        switch config.afterFailure {
        case .archive: return context.state.archived(id)
        case .returnToInbox: return Path.join(Path.join(config.inbox, DaemonNames.failed), id)
        }
    }

    private func keepAndRemove(_ record: JobRecord) throws {
        let id = record.id
        let folder = context.state.job(id)
        guard try FileStatus.exists(folder.root) else { return }
        if let claimed = try folder.claimed(), let kept = record.keptInput {
            // Writable for the group, where the umask lets it: a manifest is corrected there.
            try Folder.create(kept, mode: 0o775)
            try Folder.sync(Path.folder(of: kept))
            try Move.move(claimed, to: Path.join(kept, Path.name(of: claimed)))
        }
        // The log of other jobs lies in the outbox.
        if record.state == .cancelled, try FileStatus.exists(folder.log) {
            try Folder.create(context.state.archived(id))
            try Move.move(folder.log, to: context.state.archivedLog(id))
        }
        try context.faults(.inputKept, id)
        // The last step that is done again after a crash: a notice may come twice, but does not get lost.
        try NoticeQueue(context).add(record)
        try Tree.remove(folder.root)
        try Folder.sync(context.state.jobs)
    }

    // MARK: -

    static func state(for outcome: Outcome) -> JobState {
        switch outcome {
        case .finished: .done
        case .failed: .failed
        case .cancelled: .cancelled
        }
    }

    private static func words(for outcome: Outcome) -> String {
        switch outcome {
        case .finished(let headline): "Done: \(headline.verdict.shown)"
        case .failed(let failure): "Failed: \(failure.what.shown)"
        case .cancelled(let why): "Cancelled: \(why)"
        }
    }
}
