/// A dataset, decoded to one shape, split, and looked over. The pixels are in a memory-mapped cache file.
public final class Dataset: Sendable {
    /// Names of the classes, sorted by their UTF-8 bytes; a label is an index into it.
    public let classes: [String]
    public let width: Int
    public let height: Int
    /// 3 (R, G, B) or 1 (luminance).
    public let channels: Int
    public let train: LabeledImages
    public let evaluation: LabeledImages
    public let test: LabeledImages
    public let lint: [LintFinding]
    /// Files that belong to the dataset and could not be used, sorted by path.
    public let leftOut: [LeftOutFile]
    /// SHA-256, 64 hex digits, of the content and of the settings it was decoded with. The content is path and bytes of
    /// every image and table: a folder and any archive of it agree. The split and the seed are not part of it.
    public let contentHash: String
    /// What was chosen or ignored on the user's behalf, a sentence each.
    public let notes: [String]
    /// Mean of the training split for each channel, in 0...1 units.
    public let mean: [Float]
    /// Standard deviation of the training split for each channel, in 0...1 units; never below 1/255, so that it
    /// can be divided by.
    public let std: [Float]
    /// Whether the pixels were found in the cache, and nothing was decoded.
    public let fromCache: Bool
    /// Files of the dataset: the images of all splits, `leftOut`, and the images that the checks took out of training.
    public let totalFiles: Int

    init(
        classes: [String], width: Int, height: Int, channels: Int, train: LabeledImages, evaluation: LabeledImages,
        test: LabeledImages, lint: [LintFinding], leftOut: [LeftOutFile], contentHash: String, notes: [String],
        mean: [Float], std: [Float], fromCache: Bool, totalFiles: Int
    ) {
        self.classes = classes
        self.width = width
        self.height = height
        self.channels = channels
        self.train = train
        self.evaluation = evaluation
        self.test = test
        self.lint = lint
        self.leftOut = leftOut
        self.contentHash = contentHash
        self.notes = notes
        self.mean = mean
        self.std = std
        self.fromCache = fromCache
        self.totalFiles = totalFiles
    }
}

/// A file that could not be used, and why.
public struct LeftOutFile: Sendable, Equatable, Codable {
    /// Relative to the dataset's top.
    public var path: String
    public var reason: String

    public init(path: String, reason: String) {
        self.path = path
        self.reason = reason
    }
}
