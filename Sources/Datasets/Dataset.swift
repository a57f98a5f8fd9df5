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
    /// Training images that nobody has labelled: of label -1.
    public let unlabelled: LabeledImages
    /// Whether there is no label at all: all images are then of one class that has no name; see `answered`.
    public let isWithoutLabels: Bool
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
        test: LabeledImages, unlabelled: LabeledImages, isWithoutLabels: Bool = false, lint: [LintFinding],
        leftOut: [LeftOutFile], contentHash: String, notes: [String],
        mean: [Float], std: [Float], fromCache: Bool, totalFiles: Int
    ) {
        self.classes = classes
        self.width = width
        self.height = height
        self.channels = channels
        self.train = train
        self.evaluation = evaluation
        self.test = test
        self.unlabelled = unlabelled
        self.isWithoutLabels = isWithoutLabels
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

extension Dataset {
    /// A dataset without labels, with somebody's answers in their place: evaluation and test get those that are given,
    /// and the training images none.
    ///
    /// - Parameters:
    ///   - classes: in the order that the answers count in.
    ///   - evaluation, test: for each image, an index into `classes`.
    public func answered(classes: [String], evaluation: [Int32], test: [Int32]) -> Dataset {
        precondition(isWithoutLabels)
        return Dataset(
            classes: classes, width: width, height: height, channels: channels,
            train: train.labelled([Int32](repeating: -1, count: train.count)),
            evaluation: self.evaluation.labelled(evaluation), test: self.test.labelled(test), unlabelled: unlabelled,
            isWithoutLabels: true, lint: lint, leftOut: leftOut, contentHash: contentHash, notes: notes, mean: mean,
            std: std, fromCache: fromCache, totalFiles: totalFiles)
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
