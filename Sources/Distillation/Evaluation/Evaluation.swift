/// How a network answers a set of images.
public struct Evaluation: Sendable, Equatable {
    /// Mean cross entropy, natural logarithm; 0 where there are no images.
    public var loss: Double
    /// In the order of the images.
    public var answers: [Answer]
    /// `confusion[label][predicted]`: images.
    public var confusion: [[Int]]

    public init(loss: Double, answers: [Answer], confusion: [[Int]]) {
        self.loss = loss
        self.answers = answers
        self.confusion = confusion
    }

    public var count: Int { answers.count }
    public var right: Int { confusion.indices.reduce(0) { $0 + confusion[$1][$1] } }
    /// Share of right answers, 0...1; 0 where there are no images.
    public var accuracy: Double { answers.isEmpty ? 0 : Double(right) / Double(count) }

    public struct Answer: Sendable, Equatable {
        public var label: Int32
        /// The class with the largest logit, the first of equals.
        public var predicted: Int32
        /// Probability given to `predicted`.
        public var confidence: Float
        /// Probability given to `label`.
        public var labelProbability: Float

        public init(label: Int32, predicted: Int32, confidence: Float, labelProbability: Float) {
            self.label = label
            self.predicted = predicted
            self.confidence = confidence
            self.labelProbability = labelProbability
        }

        public var isRight: Bool { label == predicted }
    }
}
