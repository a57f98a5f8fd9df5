/// The networks of a job side by side, all measured on the same test split.
public struct ModelResults: Codable, Sendable, Equatable {
    public var teacher: ModelResult
    public var student: ModelResult
    /// The student's network trained without the teacher; `nil`: not asked for.
    public var baseline: ModelResult?
    /// The student (first) and the teacher (second) image by image.
    public var studentAgainstTeacher: PairedComparison
    /// The student (first) and the baseline (second) image by image.
    public var studentAgainstBaseline: PairedComparison?

    public init(
        teacher: ModelResult, student: ModelResult, baseline: ModelResult?,
        studentAgainstTeacher: PairedComparison, studentAgainstBaseline: PairedComparison?
    ) {
        self.teacher = teacher
        self.student = student
        self.baseline = baseline
        self.studentAgainstTeacher = studentAgainstTeacher
        self.studentAgainstBaseline = studentAgainstBaseline
    }

    /// Teacher, student, and the baseline where there is one.
    public var all: [ModelResult] { [teacher, student] + (baseline.map { [$0] } ?? []) }
}

/// One network: what it is, how well it does on the test split, what it costs.
public struct ModelResult: Codable, Sendable, Equatable {
    public enum Role: String, Codable, Sendable, CaseIterable { case teacher, student, baseline }

    public var role: Role
    /// Preset, such as `resnet8`.
    public var model: String
    /// Factor on the preset's channel counts.
    public var width: Double
    /// Trainable values.
    public var parameters: Int
    /// For one image.
    public var multiplyAccumulates: Int
    /// Of the exported file (ONNX), or of the values alone (4 bytes each) where none was written.
    public var fileBytes: Int
    /// Share of right answers on the test split.
    public var testAccuracy: Double
    /// Wilson interval of `testAccuracy` at 95%.
    public var testInterval95: Interval
    /// Of the checkpoint that was kept, on the evaluation split.
    public var evaluationAccuracy: Double
    /// Mean cross-entropy on the test split, natural logarithm.
    public var testLoss: Double
    /// Images in the test split.
    public var testCount: Int
    /// Median time of one image on one thread.
    public var latencyMilliseconds: Double
    /// In large batches on all threads of the job.
    public var imagesPerSecond: Double
    /// In the order of `DataSummary.classes`.
    public var perClass: [ClassResult]
    /// `confusion[label][predicted]`: images of the test split.
    public var confusion: [[Int]]
    public var epochsRun: Int
    /// Whose weights were kept, counted from 1.
    public var bestEpoch: Int
    public var trainSeconds: Double

    /// Accuracy, interval, count and the per-class figures follow from `confusion`, which must be square.
    public init(
        role: Role, model: String, width: Double, parameters: Int, multiplyAccumulates: Int, fileBytes: Int,
        evaluationAccuracy: Double, testLoss: Double, latencyMilliseconds: Double, imagesPerSecond: Double,
        confusion: [[Int]], epochsRun: Int, bestEpoch: Int, trainSeconds: Double
    ) {
        precondition(confusion.allSatisfy { $0.count == confusion.count }, "confusion must be classes x classes")
        let right = confusion.indices.reduce(0) { $0 + confusion[$1][$1] }
        let count = confusion.reduce(0) { $0 + $1.reduce(0, +) }
        self.role = role
        self.model = model
        self.width = width
        self.parameters = parameters
        self.multiplyAccumulates = multiplyAccumulates
        self.fileBytes = fileBytes
        testAccuracy = count == 0 ? 0 : Double(right) / Double(count)
        testInterval95 = Interval.wilson95(right: right, of: count)
        self.evaluationAccuracy = evaluationAccuracy
        self.testLoss = testLoss
        testCount = count
        self.latencyMilliseconds = latencyMilliseconds
        self.imagesPerSecond = imagesPerSecond
        perClass = ClassResult.results(confusion: confusion)
        self.confusion = confusion
        self.epochsRun = epochsRun
        self.bestEpoch = bestEpoch
        self.trainSeconds = trainSeconds
    }

    /// A confusion matrix from answers: `labels` and `predictions` are class indices of the same images.
    public static func confusion(labels: [Int], predictions: [Int], classes: Int) -> [[Int]] {
        precondition(labels.count == predictions.count)
        var matrix = [[Int]](repeating: [Int](repeating: 0, count: classes), count: classes)
        for (label, prediction) in zip(labels, predictions) { matrix[label][prediction] += 1 }
        return matrix
    }
}

/// One class in the test split.
public struct ClassResult: Codable, Sendable, Equatable {
    /// Share of the class's images that are recognised; `nil`: the class has none.
    public var recall: Double?
    /// Share of the answers naming this class that are right; `nil`: never answered.
    public var precision: Double?
    /// Images of the class.
    public var count: Int

    public init(recall: Double?, precision: Double?, count: Int) {
        self.recall = recall
        self.precision = precision
        self.count = count
    }

    static func results(confusion: [[Int]]) -> [ClassResult] {
        confusion.indices.map { label in
            let right = confusion[label][label]
            let count = confusion[label].reduce(0, +)
            let answered = confusion.reduce(0) { $0 + $1[label] }
            return ClassResult(
                recall: count == 0 ? nil : Double(right) / Double(count),
                precision: answered == 0 ? nil : Double(right) / Double(answered), count: count)
        }
    }
}
