import Importers
import Networks

/// A network that a student learns from, and how much its word counts.
public struct Teacher: Sendable {
    /// Takes images of the student's channels, of any size: see `TeacherFeed`.
    public var network: TeacherNetwork
    /// Against the other teachers', above 0.
    public var weight: Double
    /// Factor on its weight for images of each class, 0...1, in the student's order; `nil`: 1 for all.
    public var classWeights: [Float]?
    /// Which of its logits stands for each of the student's classes, -1 for one that it does not know; `nil`: the same in
    /// the same order.
    public var classMap: [Int]?
    /// How its input is normalised, in the student's order of channels; `nil`: as the student's.
    public var normalization: Normalization?
    /// Whether it takes blue, green, red.
    public var isBlueFirst = false

    /// For each channel, in 0...1 units: input = (value / 255 - mean) / std.
    public struct Normalization: Codable, Sendable, Equatable {
        public var mean, std: [Float]

        public init(mean: [Float], std: [Float]) {
            self.mean = mean
            self.std = std
        }
    }

    public init(
        _ network: TrainedNetwork, weight: Double = 1, classWeights: [Float]? = nil, classMap: [Int]? = nil,
        normalization: Normalization? = nil
    ) {
        self.network = .trained(network)
        self.weight = weight
        self.classWeights = classWeights
        self.classMap = classMap
        self.normalization = normalization
    }

    /// - Parameter preprocessing: of the bytes of its images.
    public init(
        _ model: ImportedModel, preprocessing: TeacherPreprocessing, weight: Double = 1, classMap: [Int]? = nil
    ) {
        network = .imported(model)
        self.weight = weight
        self.classMap = classMap
        normalization = Normalization(preprocessing, channels: model.channels)
        isBlueFirst = preprocessing.order == .bgr && model.channels == 3
    }

    /// Whether a student of `data` can learn from it.
    func fits(_ data: TrainingData) -> Bool {
        let channels = data.channels
        guard network.input.channels == channels, weight > 0, weight.isFinite else { return false }
        if let classWeights {
            guard classWeights.count == data.classes, classWeights.allSatisfy({ (0...1).contains($0) }) else {
                return false
            }
        }
        if let normalization {
            guard normalization.mean.count == channels, normalization.std.count == channels,
                normalization.std.allSatisfy({ $0 > 0 })
            else { return false }
        }
        guard let classMap else { return network.classes == data.classes }
        return classMap.count == data.classes && classMap.allSatisfy { (-1..<network.classes).contains($0) }
            && classMap.contains { $0 >= 0 }
    }
}

/// The network of a teacher: one of ours, or one from a file.
public enum TeacherNetwork: Sendable {
    case trained(TrainedNetwork)
    case imported(ImportedModel)

    /// The images that it takes.
    public var input: Graph.Shape {
        switch self {
        case .trained(let network): network.graph.input
        case .imported(let model): Graph.Shape(height: model.height, width: model.width, channels: model.channels)
        }
    }

    /// Logits of an image.
    public var classes: Int {
        switch self {
        case .trained(let network): network.graph.classes
        case .imported(let model): model.classes
        }
    }
}

extension Teacher.Normalization {
    /// That of bytes, (v scale - mean) / std, in units of 0...1; gray has the mean of the three colours.
    init(_ preprocessing: TeacherPreprocessing, channels: Int) {
        let unit = 255 * preprocessing.scale
        func values(_ colors: [Float]) -> [Float] {
            (channels == 3 ? colors : [colors.reduce(0, +) / 3]).map { $0 / unit }
        }
        self.init(mean: values(preprocessing.mean), std: values(preprocessing.std))
    }
}
