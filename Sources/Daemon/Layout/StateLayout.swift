/// Where things are in the state folder.
///
///     ledger.sqlite   the book of jobs
///     lock            held by the daemon that serves the folder
///     jobs/ID/        a claimed job, until it is published: see `JobFolder`
///     archive/ID/     what was claimed for jobs that have ended
///     cache/          decoded datasets, shared by jobs
///     control/        commands from other programs
///     notices/        of jobs that have ended: what hooks and the webhook have not been told yet
public struct StateLayout: Sendable, Equatable {
    public let root: String

    public init(root: String) { self.root = root }

    public var ledger: String { Path.join(root, "ledger.sqlite") }
    public var lock: String { Path.join(root, "lock") }
    public var jobs: String { Path.join(root, "jobs") }
    public var archive: String { Path.join(root, "archive") }
    public var cache: String { Path.join(root, "cache") }
    public var control: String { Path.join(root, "control") }
    var notices: String { Path.join(root, "notices") }

    func job(_ id: String) -> JobFolder { JobFolder(id: id, root: Path.join(jobs, id)) }
    func archived(_ id: String) -> String { Path.join(archive, id) }
    func archivedLog(_ id: String) -> String { Path.join(archived(id), "log.txt") }
}

/// A claimed job's private folder.
///
///     input/          what was claimed: one manifest, or one folder, under its own name
///     job.json        the job's row of the ledger, to restore it from
///     default.job.yaml  the manifest that was made for a dataset without one
///     order.json      what the worker is told
///     checkpoints/    the worker's
///     staging/        becomes the job's folder in the outbox
///     log.txt         the worker's standard error, and what the daemon did
///     events.jsonl    the worker's standard output, without its progress
///     outcome.json    how the job ended; from then on it is only published
///     worker.lock     held by the worker, or by who follows it on a cluster, as long as it lives
///     cluster/        what was asked of a cluster: see `Submission`
struct JobFolder: Sendable {
    let id: String
    let root: String

    var input: String { Path.join(root, "input") }
    var record: String { Path.join(root, "job.json") }
    var defaultManifest: String { Path.join(root, "default.job.yaml") }
    var order: String { Path.join(root, "order.json") }
    var checkpoints: String { Path.join(root, "checkpoints") }
    var staging: String { Path.join(root, "staging") }
    var log: String { Path.join(root, "log.txt") }
    var events: String { Path.join(root, "events.jsonl") }
    var outcome: String { Path.join(root, "outcome.json") }
    var workerLock: String { Path.join(root, "worker.lock") }

    var cluster: String { Path.join(root, "cluster") }

    /// What was claimed, under its own name; nil before.
    func claimed() throws -> String? {
        guard try FileStatus.exists(input) else { return nil }
        let entry = try Folder.entries(of: input).first { entry in
            entry.name.map { !$0.hasPrefix(Move.partialPrefix) } ?? false
        }
        return entry?.name.map { Path.join(input, $0) }
    }

    /// The end of the log, for reports of failures.
    func logText(last limit: Int = 256 << 10) throws -> String? {
        try FileBytes.read(log, last: limit).map { String(decoding: $0, as: UTF8.self) }
    }
}

/// Names in the inbox and outbox that belong to the daemon.
enum DaemonNames {
    /// In the inbox: what failed jobs were started with.
    static let failed = ".failed"
    /// In the inbox.
    static let lock = ".distilld.lock"
    /// Beside a file that is claimed across file systems: holds it until its copy is complete.
    static func claiming(_ id: String) -> String { claimingPrefix + id }
    static let claimingPrefix = ".claiming-"
}
