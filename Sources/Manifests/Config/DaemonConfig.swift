/// What the daemon is told at its start, every default filled in and every path absolute.
public struct DaemonConfig: Codable, Sendable, Equatable {
    /// Where datasets and manifests are dropped.
    public var inbox: String
    /// Where a job's folder appears when it is complete.
    public var outbox: String
    /// Private to the daemon: ledger, claimed inputs, checkpoints, caches.
    public var state: String
    /// Seconds without a change after which a dropped file counts as complete.
    public var settleSeconds: Double
    /// Seconds between looks at the inbox where the file system tells nothing (NFS, SMB).
    public var pollSeconds: Double
    /// Jobs that run at the same time.
    public var jobsAtOnce: Int
    /// Where jobs run.
    public var executor: Executor
    /// 0: all cores divided by `jobsAtOnce`; on a cluster one.
    public var threadsPerJob: Int
    /// A dataset that comes without a manifest gets a job of defaults.
    public var defaultJob: Bool
    /// Folders below which a manifest may name a dataset by an absolute path.
    public var datasetRoots: [String]
    public var afterSuccess: AfterSuccess
    public var afterFailure: AfterFailure
    /// Seconds a running job has, after SIGTERM, to write a checkpoint before it is killed.
    public var stopSeconds: Double
    /// Bytes of private memory that a worker may take; 0: what the system gives.
    public var memoryPerJob: Int
    /// Bytes that a job must find free on the disks of state and outbox before it starts; without them it waits.
    public var freeBytes: Int
    /// Bytes of decoded datasets that are kept; above them those go that were not used for longest.
    public var cacheBytes: Int
    /// Days for which inputs and logs of ended jobs stay in the archive; 0: for ever.
    public var archiveDays: Int
    public var slurm: SlurmConfig
    public var http: PageConfig
    public var notify: NoticeConfig
    public var log: LogConfig
    public var limits: Limits

    /// What becomes of a manifest and a job's own folder. A dataset that lies in the inbox by itself stays there.
    public enum AfterSuccess: String, Codable, Sendable, CaseIterable { case archive, delete }
    /// The same for a job that failed: back to `Inbox/.failed/`, to be corrected, or to the archive.
    public enum AfterFailure: String, Codable, Sendable, CaseIterable { case returnToInbox, archive }

    /// Defaults, with the three folders below `folder` (absolute).
    public init(
        folder: String, settleSeconds: Double = 2, pollSeconds: Double = 5, jobsAtOnce: Int = 1,
        executor: Executor = .local, threadsPerJob: Int = 0, defaultJob: Bool = false, datasetRoots: [String] = [],
        afterSuccess: AfterSuccess = .archive, afterFailure: AfterFailure = .returnToInbox,
        stopSeconds: Double = 10, memoryPerJob: Int = 0, freeBytes: Int = 256 << 20, cacheBytes: Int = 50 << 30,
        archiveDays: Int = 0, slurm: SlurmConfig = SlurmConfig(), http: PageConfig = PageConfig(),
        notify: NoticeConfig = NoticeConfig(),
        log: LogConfig = LogConfig(), limits: Limits = Limits()
    ) {
        inbox = FilePath.absolute("Inbox", in: folder)
        outbox = FilePath.absolute("Outbox", in: folder)
        state = FilePath.absolute("State", in: folder)
        self.settleSeconds = settleSeconds
        self.pollSeconds = pollSeconds
        self.jobsAtOnce = jobsAtOnce
        self.executor = executor
        self.threadsPerJob = threadsPerJob
        self.defaultJob = defaultJob
        self.datasetRoots = datasetRoots
        self.afterSuccess = afterSuccess
        self.afterFailure = afterFailure
        self.stopSeconds = stopSeconds
        self.memoryPerJob = memoryPerJob
        self.freeBytes = freeBytes
        self.cacheBytes = cacheBytes
        self.archiveDays = archiveDays
        self.slurm = slurm
        self.http = http
        self.notify = notify
        self.log = log
        self.limits = limits
    }
}

/// How the daemon logs.
public struct LogConfig: Codable, Sendable, Equatable {
    /// The levels of swift-log, by their names.
    public enum Level: String, Codable, Sendable, CaseIterable {
        case trace, debug, info, notice, warning, error, critical
    }
    /// `text`: a line for people; `json`: an object a line; `journal`: entries with fields (JOB_ID, DATASET, STAGE,
    /// EPOCH) in systemd's journal, or, without one, text with the priority prefixes of sd-daemon(3).
    public enum Format: String, Codable, Sendable, CaseIterable { case text, json, journal }

    public var level: Level
    public var format: Format

    public init(level: Level = .info, format: Format = .text) {
        self.level = level
        self.format = format
    }
}
