/// Whether a network is as often right as it is sure: answers in groups of like confidence.
///
/// Guo, Pleiss, Sun, Weinberger, "On calibration of modern neural networks", ICML 2017, sections 2 and 3: ten groups of
/// equal width, and the expected calibration error, the mean over answers of how far a group's confidence is from its
/// share of right answers.
public struct ReliabilityDiagram: Codable, Sendable, Equatable {
    public struct Group: Codable, Sendable, Equatable {
        /// Bounds of the confidence: above `lower` (the first group: from it), up to `upper`.
        public var lower, upper: Double
        public var count: Int
        /// Mean confidence, and share of right answers; 0 where there are no answers.
        public var confidence, accuracy: Double
    }

    public static let groupCount = 10

    /// By rising confidence.
    public var groups: [Group]
    /// In 0...1; 0 where there are no answers.
    public var expectedError: Double
    /// Mean confidence less accuracy: above 0, the network is too sure of itself.
    public var overconfidence: Double

    /// - Parameter answers: the probability given to each answer, and whether it is right.
    public init(_ answers: [(confidence: Double, isRight: Bool)]) {
        var counts = [Int](repeating: 0, count: Self.groupCount)
        var rights = counts
        var sums = [Double](repeating: 0, count: Self.groupCount)
        for (confidence, isRight) in answers {
            let above = (confidence * Double(Self.groupCount)).rounded(.up)
            let group = min(max(Int(above.isFinite ? above : 0) - 1, 0), Self.groupCount - 1)
            counts[group] += 1
            sums[group] += confidence
            if isRight { rights[group] += 1 }
        }
        groups = counts.indices.map { i in
            let count = Double(max(counts[i], 1))
            return Group(
                lower: Double(i) / Double(Self.groupCount), upper: Double(i + 1) / Double(Self.groupCount),
                count: counts[i], confidence: sums[i] / count, accuracy: Double(rights[i]) / count)
        }
        let total = Double(max(answers.count, 1))
        expectedError = groups.reduce(0) { $0 + abs($1.confidence - $1.accuracy) * Double($1.count) } / total
        overconfidence = groups.reduce(0) { $0 + ($1.confidence - $1.accuracy) * Double($1.count) } / total
    }
}
