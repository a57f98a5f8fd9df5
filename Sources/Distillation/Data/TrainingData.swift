import Datasets

/// What a training reads: images to learn from, images to judge by, and how pixels become input.
public struct TrainingData: Sendable {
    public var height, width, channels: Int
    public var classes: Int
    /// For each channel, in 0...1 units: input = (value / 255 - mean) / std.
    public var mean, std: [Float]
    public var train: ImageSet
    /// `train`, and the images that nobody has labelled: for those who learn from teachers.
    public var taught: ImageSet
    /// May be empty.
    public var evaluation: ImageSet
    /// Names the pixels, so that a checkpoint is not taken up with others.
    public var contentHash: String

    public init(
        height: Int, width: Int, channels: Int, classes: Int, mean: [Float], std: [Float], train: ImageSet,
        evaluation: ImageSet, contentHash: String
    ) {
        self.height = height
        self.width = width
        self.channels = channels
        self.classes = classes
        self.mean = mean
        self.std = std
        self.train = train
        taught = train
        self.evaluation = evaluation
        self.contentHash = contentHash
    }

    public init(_ dataset: Dataset) {
        self.init(
            height: dataset.height, width: dataset.width, channels: dataset.channels,
            classes: dataset.classes.count, mean: dataset.mean, std: dataset.std, train: ImageSet(dataset.train),
            evaluation: ImageSet(dataset.evaluation), contentHash: dataset.contentHash)
        if dataset.unlabelled.count > 0 { taught = ImageSet(dataset.train, dataset.unlabelled) }
    }

    /// For one who learns from teachers: with the images that nobody has labelled.
    public var withTeachers: TrainingData {
        var data = self
        data.train = taught
        return data
    }
}
