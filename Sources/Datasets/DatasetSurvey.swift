/// A look at a dataset without decoding it: enough to check a job and to estimate its time and memory.
public struct DatasetSurvey: Sendable, Equatable {
    /// How the labels are given, for people: "a folder a class, with train/ and test/".
    public let layout: String
    /// Names of the classes, sorted by their UTF-8 bytes.
    public let classes: [String]
    /// For each class, its images in all splits; broken ones are not known yet.
    public let imagesPerClass: [Int]
    /// Sizes of the splits, before broken images, duplicates across splits and conflicting labels are left out.
    public let train: Int
    public let evaluation: Int
    public let test: Int
    /// Training images that nobody has labelled.
    public let unlabelled: Int
    /// The input the networks would be given.
    public let width: Int
    public let height: Int
    public let channels: Int
    /// Bytes of the image files where the listing tells them, and of the archive otherwise.
    public let bytes: Int
    public let notes: [String]

    /// Whether there is no label at all.
    public var isWithoutLabels: Bool { classes == [""] }

    public var images: Int { imagesPerClass.reduce(unlabelled, +) }

    init(
        layout: String, classes: [String], imagesPerClass: [Int], train: Int, evaluation: Int, test: Int,
        unlabelled: Int, width: Int, height: Int, channels: Int, bytes: Int, notes: [String]
    ) {
        self.layout = layout
        self.classes = classes
        self.imagesPerClass = imagesPerClass
        self.train = train
        self.evaluation = evaluation
        self.test = test
        self.unlabelled = unlabelled
        self.width = width
        self.height = height
        self.channels = channels
        self.bytes = bytes
        self.notes = notes
    }
}
