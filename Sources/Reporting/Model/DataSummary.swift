import Manifests

/// What the networks were trained and tested on.
public struct DataSummary: Codable, Sendable, Equatable {
    /// The dataset as the manifest names it.
    public var dataset: String
    /// SHA-256 of the decoded content, in hexadecimal: equal data, equal hash.
    public var contentHash: String
    /// Names, in the order of the logits.
    public var classes: [String]
    /// Training, evaluation and test, in this order.
    public var splits: [SplitSummary]
    /// Training images without a label, beside those of `splits`; `nil`: none.
    public var unlabelled: Int?
    /// No image has a label: the teacher whose answers on evaluation and test images stand for them. `nil`: images have
    /// labels.
    public var answeredBy: String?
    public var input: InputSummary
    /// What was chosen for the user (size, split) and why; plain sentences.
    public var notes: [String]
    /// What looks wrong in the data without being fatal.
    public var findings: [DataFinding]
    /// Files that are no usable images; at most the first 1,000.
    public var leftOut: [UnusedFile]
    /// All of them.
    public var leftOutCount: Int
    /// Some training images of each class, for a look; `nil`: made before these were kept.
    public var samples: [DataSample]?

    /// Whether there are test images of their own; without them the figures are of the evaluation split.
    var hasTestSplit: Bool { splits.contains { $0.name == .test && $0.images > 0 } }

    public init(
        dataset: String, contentHash: String, classes: [String], splits: [SplitSummary], input: InputSummary,
        notes: [String] = [], findings: [DataFinding] = [], leftOut: [UnusedFile] = []
    ) {
        self.dataset = dataset
        self.contentHash = contentHash
        self.classes = classes
        self.splits = splits
        self.input = input
        self.notes = notes
        self.findings = findings
        self.leftOut = Array(leftOut.prefix(1000))
        leftOutCount = leftOut.count
    }
}

/// A training image as the networks see it.
public struct DataSample: Codable, Sendable, Equatable {
    /// In the dataset, as its user knows it.
    public var path: String
    public var className: String
    /// A `data:image/png;base64,` or `data:image/jpeg;base64,` URI.
    public var image: String

    public init(path: String, className: String, image: String) {
        self.path = path
        self.className = className
        self.image = image
    }

    /// Name of the file, a list of these, in a running job's folder.
    public static let fileName = "samples.json"
}

/// Images of one split.
public struct SplitSummary: Codable, Sendable, Equatable {
    public enum Name: String, Codable, Sendable, CaseIterable { case train, evaluation, test }

    public var name: Name
    /// In the order of `DataSummary.classes`.
    public var perClass: [Int]
    public var images: Int { perClass.reduce(0, +) }

    public init(name: Name, perClass: [Int]) {
        self.name = name
        self.perClass = perClass
    }
}

/// How a decoded image becomes the networks' input: resized by `fit`, divided by 255, then (x - mean) / std.
public struct InputSummary: Codable, Sendable, Equatable {
    public var width: Int
    public var height: Int
    /// 3 (RGB) or 1 (grey).
    public var channels: Int
    public var fit: Fit
    /// Colour under transparent pixels and around padded images, `#RRGGBB`.
    public var background: String
    /// A value a channel, of pixels scaled to 0...1.
    public var mean: [Float]
    public var std: [Float]

    public init(
        width: Int, height: Int, channels: Int, fit: Fit, background: String, mean: [Float], std: [Float]
    ) {
        self.width = width
        self.height = height
        self.channels = channels
        self.fit = fit
        self.background = background
        self.mean = mean
        self.std = std
    }
}

/// One kind of trouble found in the data.
public struct DataFinding: Codable, Sendable, Equatable {
    /// A stable word for programs: `class.small`, `duplicate.exact`, `leak.test`, `label.conflict` ...
    public var kind: String
    /// What was found and what it means, for a person.
    public var message: String
    /// Files concerned, at most a few.
    public var examples: [String]

    public init(kind: String, message: String, examples: [String] = []) {
        self.kind = kind
        self.message = message
        self.examples = examples
    }
}

/// A file that was not used.
public struct UnusedFile: Codable, Sendable, Equatable {
    public var path: String
    public var reason: String

    public init(path: String, reason: String) {
        self.path = path
        self.reason = reason
    }
}
