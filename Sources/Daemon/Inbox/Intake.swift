import Foundation
import Ledger
import Logging
import Manifests

/// Turns what is dropped into queued jobs.
///
/// A queued job's files stay in the inbox until it starts, so that a user sees them, can still change them, and can
/// cancel by removing them. Intake keeps the ledger's queued jobs in step with what lies there.
actor Intake {
    private let context: DaemonContext
    private let commands: JobCommands
    private let watch: InboxWatch
    private let inspector: JobInspector
    private let manifests = FolderManifests()
    private var tracker: SettleTracker
    /// A dataset without a manifest waits longer: its manifest may be on the way.
    private var defaultTracker: SettleTracker
    private var lastNotes: [InboxNote]?
    /// Raised when there may be a job to start.
    private let scheduler: Signal

    static let defaultJobPatience = 5

    init(_ context: DaemonContext, commands: JobCommands, watch: InboxWatch, scheduler: Signal) {
        self.context = context
        self.commands = commands
        self.watch = watch
        self.scheduler = scheduler
        let heartbeats = context.heartbeats
        inspector = JobInspector(config: context.config) { heartbeats.beat(.inbox) }
        let quiet = Duration.seconds(context.config.settleSeconds)
        tracker = SettleTracker(quiet: quiet)
        defaultTracker = SettleTracker(quiet: quiet * Self.defaultJobPatience)
    }

    /// What one look found.
    private struct Look {
        var now = ContinuousClock.now
        var surveys = JobInspector.Surveys()
        /// When something may have settled.
        var next: ContinuousClock.Instant?
        var notes: [InboxNote] = []
        var admitted: [Admission] = []
        /// Datasets that some manifest names.
        var named: Set<String> = []

        mutating func noteDataset(of inspection: Inspection, inbox: String) {
            if !inspection.datasetName.isEmpty { named.insert(Path.join(inbox, inspection.datasetName)) }
        }

        mutating func wait(until instant: ContinuousClock.Instant) {
            next = min(next ?? instant, instant)
        }
    }

    private struct Admission {
        var candidate: Candidate
        var inspection: Inspection
        var isCancelled: Bool
    }

    /// Looks at the inbox once.
    /// - Returns: how long until something may have settled; nil: nothing is about to.
    func look() async throws -> Duration? {
        let start = ContinuousClock.now
        let config = context.config
        let manifests = manifests
        let listing = try await onFileQueue { try InboxListing(inbox: config.inbox, manifests: manifests) }
        watch.watch(listing.folders)
        manifests.forget(allBut: listing.folders)

        let rows = try await unclaimedRows()
        var look = Look()
        var cancellations = listing.cancellations.map { (wanted: $0.wanted, path: $0.path, count: 0) }
        for index in cancellations.indices {
            cancellations[index].count = try await commands.cancel(named: cancellations[index].wanted)
        }

        for candidate in listing.candidates {
            context.heartbeats.beat(.inbox)
            guard let row = rows[PathKey(candidate.path)] else {
                try await consider(candidate, &cancellations, &look)
                continue
            }
            if row.state == .queued { try await review(row, candidate, &look) }
        }
        let seen = Set(listing.candidates.map { PathKey($0.path) })
        for (path, row) in rows where row.state == .queued && !seen.contains(path) {
            try await review(row, Candidate(source: row.source, path: row.sourcePath), &look)
        }
        try await considerDatasets(listing.datasets, rows, &look)
        try await admit(look.admitted)
        try settle(cancellations)

        for (name, reason) in listing.ignored {
            look.notes.append(InboxNote(path: name, kind: .ignored, reason: reason))
        }
        try await publish(look.notes)
        tracker.forget(unseenSince: look.now)
        defaultTracker.forget(unseenSince: look.now)
        guard let next = look.next else { return nil }
        // A large tree takes long to survey: leave most of the time to others.
        return max(.milliseconds(10), next - ContinuousClock.now, (ContinuousClock.now - start) * 5)
    }

    /// Queued jobs, and running ones that are just being claimed, by what is claimed for them.
    private func unclaimedRows() async throws -> [PathKey: JobRecord] {
        try await context.ledger.jobs(in: .queued, .running)
            .filter { !$0.isClaimed }
            .reduce(into: [:]) { $0[PathKey($1.sourcePath)] = $1 }
    }

    // MARK: New candidates

    private func consider(
        _ candidate: Candidate, _ cancellations: inout [(wanted: String, path: String, count: Int)],
        _ look: inout Look
    ) async throws {
        let inspection = try await inspect(candidate, look)
        look.noteDataset(of: inspection, inbox: context.config.inbox)
        var isCancelled = false
        for index in cancellations.indices {
            let wanted = cancellations[index].wanted
            guard DroppedName.matches(wanted, id: nil, name: inspection.jobName, manifest: inspection.manifestName)
            else { continue }
            cancellations[index].count += 1
            isCancelled = true
        }
        switch inspection.conclusion {
        case .gone: return
        case .waiting(let reason) where !isCancelled:
            look.notes.append(InboxNote(path: inspection.manifestName, kind: .waiting, reason: reason))
            return
        case .plan, .refused, .waiting: break
        }
        if !isCancelled, let settles = tracker.observe(candidate.path, inspection.fingerprint, at: look.now) {
            look.notes.append(
                InboxNote(
                    path: inspection.manifestName, kind: .waiting, reason: "waiting until nothing changes any more"))
            look.wait(until: settles)
            return
        }
        look.admitted.append(Admission(candidate: candidate, inspection: inspection, isCancelled: isCancelled))
    }

    private func considerDatasets(_ names: [String], _ rows: [PathKey: JobRecord], _ look: inout Look) async throws {
        for name in names {
            let path = Path.join(context.config.inbox, name)
            if let row = rows[PathKey(path)] {
                if look.named.contains(path) { try await supersede(row) }
                continue
            }
            if look.named.contains(path) { continue }
            guard context.config.defaultJob, try await !context.ledger.isDatasetNamed(name) else {
                look.notes.append(
                    InboxNote(path: name.shown, kind: .dataset, reason: "a dataset; no manifest that waits names it"))
                continue
            }
            let candidate = Candidate(source: .dataset, path: path)
            let inspection = try await inspect(candidate, look)
            switch inspection.conclusion {
            case .gone: continue
            case .waiting(let reason):
                look.notes.append(InboxNote(path: name.shown, kind: .waiting, reason: reason))
            case .plan, .refused:
                if let settles = defaultTracker.observe(path, inspection.fingerprint, at: look.now) {
                    look.notes.append(
                        InboxNote(
                            path: name.shown, kind: .waiting,
                            reason: "waiting for a manifest; soon a job of defaults starts without"))
                    look.wait(until: settles)
                } else {
                    look.admitted.append(
                        Admission(candidate: candidate, inspection: inspection, isCancelled: false))
                }
            }
        }
    }

    /// A manifest has come after all, before the job of defaults began.
    private func supersede(_ row: JobRecord) async throws {
        try await context.ledger.update(row.id) { job in
            guard job.source == .dataset, job.state == .queued, !job.isClaimed else { return false }
            job.end(.cancelled, summary: "A manifest for its dataset came before the start.")
            return true
        }
    }

    private func inspect(_ candidate: Candidate, _ look: Look, manifestName: String? = nil) async throws -> Inspection {
        let inspector = inspector
        let surveys = look.surveys
        return try await onFileQueue { inspector.inspect(candidate, manifestName: manifestName, surveys: surveys) }
    }

    private func admit(_ admissions: [Admission]) async throws {
        // The list is older than the rows: meanwhile a file may have been claimed, or removed.
        let present = try admissions.filter { try FileStatus.exists($0.candidate.path) }
        guard !present.isEmpty else { return }
        let now = Date()
        let ids = try await context.ids.make(for: present.map(\.inspection.jobName), at: now)
        let records = zip(ids, present).map { id, admission in
            var record = JobRecord(
                id: id, name: admission.inspection.jobName, createdAt: now,
                manifestName: admission.inspection.manifestName, datasetName: admission.inspection.datasetName,
                source: admission.candidate.source, sourcePath: admission.candidate.path,
                fingerprint: admission.inspection.fingerprint)
            record.apply(admission.inspection.conclusion)
            if admission.isCancelled { record.requestCancel() }
            return record
        }
        try await context.ledger.add(records)
        for record in records {
            context.logger(of: record.id).info(
                "Queued", metadata: ["manifest": "\(record.manifestName)", "dataset": "\(record.datasetName)"])
            try context.faults(.admitted, record.id)
        }
        scheduler.raise()
    }

    // MARK: Queued jobs

    /// Keeps a queued job in step with its files.
    private func review(_ row: JobRecord, _ candidate: Candidate, _ look: inout Look) async throws {
        if row.isCancelRequested { return }
        let known = row.fingerprint.prefix { $0 != "." }
        if row.hold == nil, try inspector.manifestFingerprint(of: candidate) == String(known) {
            if row.source != .dataset { look.named.insert(Path.join(context.config.inbox, row.datasetName)) }
            return
        }
        let inspection = try await inspect(candidate, look, manifestName: row.manifestName)
        if row.source != .dataset { look.noteDataset(of: inspection, inbox: context.config.inbox) }
        switch inspection.conclusion {
        case .gone:
            let ended = try await context.ledger.update(row.id) { job in
                guard job.state == .queued, !job.isClaimed else { return false }
                job.end(.cancelled, summary: "Its files were removed from the inbox before the start.")
                return true
            }
            if ended != nil { context.logger(of: row.id).info("Cancelled: its files were removed from the inbox") }
        case .waiting(let reason):
            try await hold(row, reason)
        case .plan, .refused:
            if let settles = tracker.observe(candidate.path, inspection.fingerprint, at: look.now) {
                look.wait(until: settles)
                try await hold(row, "was changed; waiting until nothing changes any more")
                return
            }
            try await context.ledger.update(row.id) { job in
                guard job.state == .queued, !job.isClaimed else { return false }
                job.hold = nil
                job.fingerprint = inspection.fingerprint
                job.name = inspection.jobName
                job.datasetName = inspection.datasetName
                job.apply(inspection.conclusion)
                return true
            }
            scheduler.raise()
        }
    }

    private func hold(_ row: JobRecord, _ reason: String) async throws {
        guard row.hold != reason else { return }
        try await context.ledger.update(row.id) { job in
            guard job.state == .queued, !job.isClaimed else { return false }
            job.hold = reason
            return true
        }
    }

    // MARK: -

    private func settle(_ cancellations: [(wanted: String, path: String, count: Int)]) throws {
        for (wanted, path, count) in cancellations {
            if count == 0 {
                context.logger.warning(
                    "Nothing to cancel: no job that waits or runs has this name", metadata: ["name": "\(wanted.shown)"])
            }
            try FileBytes.removeFile(path)
        }
    }

    private func publish(_ notes: [InboxNote]) async throws {
        var unique: [String: InboxNote] = [:]
        for note in notes { unique[note.path] = note }
        let sorted = unique.values.sorted { $0.path < $1.path }
        guard sorted != lastNotes else { return }
        try await context.ledger.replaceNotes(sorted)
        for note in sorted where note.kind == .ignored && lastNotes?.contains(note) != true {
            context.logger.notice(
                "Left alone in the inbox", metadata: ["name": "\(note.path)", "why": "\(note.reason)"])
        }
        lastNotes = sorted
    }
}

extension JobRecord {
    mutating func apply(_ conclusion: Inspection.Conclusion) {
        switch conclusion {
        case .plan(let plan):
            priority = plan.spec.priority
            isUrgent = isCancelRequested
        case .refused: isUrgent = true
        case .waiting, .gone: break
        }
    }

    mutating func requestCancel() {
        isCancelRequested = true
        if state == .queued { isUrgent = true }
    }

    mutating func end(_ state: JobState, summary: String?) {
        self.state = state
        self.summary = summary
        finishedAt = Date()
        hold = nil
        note = nil
        workerPID = nil
        isUrgent = false
    }
}
