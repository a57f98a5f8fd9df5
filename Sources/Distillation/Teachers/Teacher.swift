import Networks

/// A network that a student learns from, and how much its word counts.
public struct Teacher: Sendable {
    /// Takes images of the student's channels, of any size: see `TeacherFeed`.
    public var network: TrainedNetwork
    /// Against the other teachers', above 0.
    public var weight: Double
    /// Factor on its weight for images of each class, 0...1, in the student's order; `nil`: 1 for all.
    public var classWeights: [Float]?
    /// Which of its logits stands for each of the student's classes; `nil`: the same in the same order.
    public var classMap: [Int]?
    /// How its input is normalised; `nil`: as the student's.
    public var normalization: Normalization?

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
        self.network = network
        self.weight = weight
        self.classWeights = classWeights
        self.classMap = classMap
        self.normalization = normalization
    }

    /// Whether a student of `data` can learn from it.
    func fits(_ data: TrainingData) -> Bool {
        let channels = data.channels
        guard network.graph.input.channels == channels, weight > 0, weight.isFinite else { return false }
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
        guard let classMap else { return network.graph.classes == data.classes }
        return classMap.count == data.classes && classMap.allSatisfy { (0..<network.graph.classes).contains($0) }
    }
}
