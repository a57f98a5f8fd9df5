import Manifests

/// What is to be read, and into what shape.
public struct DatasetRequest: Sendable {
    /// A folder, or a .zip, .tar, .tar.gz or .tar.zst file, recognised by its content.
    public var path: String
    /// Folders that the path must lie in, without a link on the way from there; see `InputFile.open`.
    public var roots: [String]?
    /// Width, height or channels that are `nil` are chosen from the data, and said in `Dataset.notes`.
    public var input: InputSpec
    public var split: SplitSpec
    /// Share of broken images, 0...1, above which reading fails.
    public var maxCorrupt: Double
    /// Of the split, where the dataset has none of its own.
    public var seed: UInt64
    /// Holds the decoded images of all datasets, a file for each content hash. Made where it is missing.
    public var cacheDirectory: String
    public var limits: Limits

    public init(
        path: String, below roots: [String]? = nil, input: InputSpec = InputSpec(), split: SplitSpec = SplitSpec(),
        maxCorrupt: Double = 0.01,
        seed: UInt64 = 1, cacheDirectory: String, limits: Limits = Limits()
    ) {
        self.path = path
        self.roots = roots
        self.input = input
        self.split = split
        self.maxCorrupt = maxCorrupt
        self.seed = seed
        self.cacheDirectory = cacheDirectory
        self.limits = limits
    }
}
