/// What a worker process is told: one JSON file, written by the daemon (or by `distilld run`) before the start.
///
/// All paths are absolute. The worker reads the manifest and the dataset, writes only below the staging,
/// checkpoint and cache folders, and reports by `WorkerEvent` lines on standard output.
public struct WorkOrder: Codable, Sendable, Equatable {
    public var jobID: String
    /// The manifest as claimed, so that errors can name the user's file.
    public var manifestPath: String
    /// The manifest's name as the user knows it, for messages.
    public var manifestName: String
    /// The dataset's folder or archive.
    public var datasetPath: String
    /// Where the other files lie that the manifest names, by their paths as written.
    public var files: [String: String]?
    /// Folders in one of which each of the paths above lies: they are opened from there, and no link further in is
    /// followed. nil: the paths are the user's own.
    public var roots: [String]?
    /// Becomes the job's folder in the outbox. Emptied by the worker at its start.
    public var stagingDirectory: String
    /// Survives a killed worker: checkpoints, finished stages.
    public var checkpointDirectory: String
    /// Shared by jobs: decoded datasets by content hash.
    public var cacheDirectory: String
    public var threads: Int
    /// Private memory that the worker may take; nil: what the system gives.
    public var memoryBytes: Int?
    public var limits: Limits
    /// Folders of finished jobs that may have been on the same data, the latest first.
    public var earlierJobs: [String]?

    public init(
        jobID: String, manifestPath: String, manifestName: String, datasetPath: String, files: [String: String]? = nil,
        roots: [String]? = nil, stagingDirectory: String, checkpointDirectory: String, cacheDirectory: String,
        threads: Int,
        memoryBytes: Int? = nil, limits: Limits = Limits(), earlierJobs: [String]? = nil
    ) {
        self.jobID = jobID
        self.manifestPath = manifestPath
        self.manifestName = manifestName
        self.datasetPath = datasetPath
        self.files = files
        self.roots = roots
        self.stagingDirectory = stagingDirectory
        self.checkpointDirectory = checkpointDirectory
        self.cacheDirectory = cacheDirectory
        self.threads = threads
        self.memoryBytes = memoryBytes
        self.limits = limits
        self.earlierJobs = earlierJobs
    }
}

/// Bounds on what a user's files may ask for; a file over one of them is refused with the limit's name and value.
public struct Limits: Codable, Sendable, Equatable {
    /// Bytes of a manifest.
    public var manifestBytes = 1 << 20
    /// Files and folders in an archive or a dataset folder.
    public var datasetEntries = 5_000_000
    /// Bytes an archive may unpack to.
    public var archiveBytes = 200 << 30
    /// Unpacked bytes for each packed byte of an archive.
    public var archiveRatio = 200
    /// Bytes of one image file.
    public var imageFileBytes = 256 << 20
    /// Width or height of an image.
    public var imageSide = 32_768
    /// Width times height of an image.
    public var imagePixels = 100_000_000

    public init() {}
}
