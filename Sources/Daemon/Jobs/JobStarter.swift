import Foundation
import Ledger
import Manifests

/// Prepares a job's start: looks once more whether everything is there and unchanged, claims it, and writes the
/// worker's order.
struct JobStarter: Sendable {
    let context: DaemonContext
    /// That the worker is told of: the last of them may have been on other data of the same name.
    private static let earlierJobs = 5

    enum Preparation: Sendable {
        case ready(WorkOrder)
        /// It cannot be done, or is not wanted any more.
        case ended(Outcome)
        /// Not now: something has changed since it was queued.
        case held(String)
        /// Its files were taken away before the start.
        case removed
    }

    func prepare(_ record: JobRecord) async throws -> Preparation {
        let starter = self
        let earlier = try await context.ledger.lastDone(on: record.datasetName, limit: Self.earlierJobs)
        let folders = earlier.map { Path.join(context.config.outbox, $0.id) }
        return try await onFileQueue { try starter.prepareNow(record, earlier: folders) }
    }

    private func prepareNow(_ record: JobRecord, earlier: [String]) throws -> Preparation {
        let folder = context.state.job(record.id)
        let inspector = JobInspector(config: context.config)
        if try folder.claimed() == nil, !record.isCancelRequested {
            let candidate = Candidate(source: record.source, path: record.sourcePath)
            let inspection = inspector.inspect(candidate, manifestName: record.manifestName)
            switch inspection.conclusion {
            // Set aside already, or removed: the claim finds out.
            case .gone: break
            case .waiting(let reason): return .held(reason)
            case .plan, .refused:
                guard inspection.fingerprint == record.fingerprint else {
                    return .held("was changed; waiting until nothing changes any more")
                }
            }
        }
        guard let claimed = try JobClaim(record: record, folder: folder, faults: context.faults).run() else {
            if record.isCancelRequested { return .ended(.cancelled("Cancelled by the user.")) }
            // Where the inbox itself is gone, it will come back with all that is in it.
            try Folder.check(context.config.inbox)
            return .removed
        }
        if record.isCancelRequested { return .ended(.cancelled("Cancelled by the user before the start.")) }
        if let order = try earlierOrder(folder) { return order }
        let candidate = Candidate(source: record.source, path: claimed)
        switch inspector.inspect(candidate, manifestName: record.manifestName).conclusion {
        case .gone: return .ended(.failed(Self.emptied(record)))
        case .waiting(let reason): return .ended(.failed(Self.missing(record, reason)))
        case .refused(let failure): return .ended(.failed(failure))
        case .plan(let plan):
            let order = try write(plan, record, folder, earlier: earlier)
            try context.faults(.ordered, record.id)
            return .ready(order)
        }
    }

    /// A job that goes on does so with the order it began with; what lies in the inbox by now is not its concern.
    private func earlierOrder(_ folder: JobFolder) throws -> Preparation? {
        guard let bytes = try FileBytes.read(folder.order) else { return nil }
        var order: WorkOrder
        do { order = try JSONDecoder().decode(WorkOrder.self, from: Data(bytes)) } catch let error as DecodingError {
            try FileBytes.append("distilld: order.json is damaged (\(error)) and made again.\n", to: folder.log)
            return nil
        }
        guard try FileStatus.exists(order.datasetPath) else {
            return .ended(
                .failed(
                    JobFailure(
                        code: "dataset.missing",
                        what: "The dataset was there when the job began, but is no longer at "
                            + "\(order.datasetPath.shown).",
                        location: "\(order.manifestName): dataset",
                        fix: "Put the dataset back, then run `distilld retry \(folder.id)`. A dataset must stay until "
                            + "the jobs on it have ended.")))
        }
        for file in (order.files ?? [:]).values.sorted() where try !FileStatus.exists(file) {
            return .ended(
                .failed(
                    JobFailure(
                        code: "teacher.missing",
                        what: "A teacher's file was there when the job began, but is no longer at \(file.shown).",
                        location: order.manifestName,
                        fix:
                            "Put the file back, then run `distilld retry \(folder.id)`. It must stay until the jobs that "
                            + "name it have ended.")))
        }
        order.threads = threads
        order.memoryBytes = memory
        order.limits = context.config.limits
        return .ready(order)
    }

    private func write(
        _ plan: JobPlan, _ record: JobRecord, _ folder: JobFolder, earlier: [String]
    ) throws -> WorkOrder {
        for path in [folder.checkpoints, folder.staging] { try Folder.create(path) }
        var manifest = plan.manifestPath
        if manifest == nil {
            manifest = folder.defaultManifest
            try FileBytes.write(JobSpecWriter.yaml(plan.spec).utf8, to: folder.defaultManifest)
        }
        let order = WorkOrder(
            jobID: record.id, manifestPath: manifest ?? "", manifestName: record.manifestName,
            datasetPath: plan.datasetPath, files: plan.files.isEmpty ? nil : plan.files,
            roots: [context.config.inbox, folder.root] + DatasetLocator(config: context.config).roots,
            stagingDirectory: folder.staging,
            checkpointDirectory: folder.checkpoints, cacheDirectory: context.state.cache, threads: threads,
            memoryBytes: memory, limits: context.config.limits, earlierJobs: earlier.isEmpty ? nil : earlier)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        try FileBytes.write(encoder.encode(order), to: folder.order)
        if !plan.warnings.isEmpty {
            try FileBytes.append(plan.warnings.map { "\($0)\n" }.joined(), to: folder.log)
        }
        return order
    }

    private var memory: Int? { context.config.memoryPerJob > 0 ? context.config.memoryPerJob : nil }

    private var threads: Int {
        let config = context.config
        guard config.threadsPerJob == 0 else { return config.threadsPerJob }
        // The nodes' cores are not this machine's, and are asked for.
        if config.executor == .slurm { return 1 }
        return max(1, ProcessInfo.processInfo.activeProcessorCount / config.jobsAtOnce)
    }

    private static func missing(_ record: JobRecord, _ reason: String) -> JobFailure {
        JobFailure(
            code: "dataset.missing", what: "The dataset was there when the job was queued, but is not now: \(reason).",
            location: "\(record.manifestName): dataset",
            fix: "Put the dataset back into the inbox, then run `distilld retry \(record.id)`.")
    }

    private static func emptied(_ record: JobRecord) -> JobFailure {
        JobFailure(
            code: "manifest.missing", what: "The job's folder no longer holds its manifest.",
            location: record.manifestName, fix: "Drop the job into the inbox again.")
    }
}
