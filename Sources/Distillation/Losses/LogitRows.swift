#if canImport(Glibc)
    import Glibc
#endif

/// What a loss on logits compares: a row for each image of a batch.
public struct LogitRows {
    /// N,classes.
    public var student: UnsafePointer<Float>
    /// N,classes; in the student's order of classes.
    public var teacher: UnsafePointer<Float>
    /// N,classes; a row sums to 1.
    public var targets: UnsafePointer<Float>
    /// N; how much each image counts, 1 being a full one.
    public var weights: UnsafePointer<Float>
    public var count: Int
    public var classes: Int

    public init(
        student: UnsafePointer<Float>, teacher: UnsafePointer<Float>, targets: UnsafePointer<Float>,
        weights: UnsafePointer<Float>, count: Int, classes: Int
    ) {
        self.student = student
        self.teacher = teacher
        self.targets = targets
        self.weights = weights
        self.count = count
        self.classes = classes
    }
}

/// Rows are worked on as they lie, in single precision but for sums over images.
extension UnsafePointer<Float> {
    /// log Σ exp(x / temperature), without overflow.
    func logSumExp(_ count: Int, inverseTemperature: Float = 1) -> Float {
        var largest = self[0]
        for i in 1..<count { largest = max(largest, self[i]) }
        var sum: Float = 0
        for i in 0..<count { sum += exp((self[i] - largest) * inverseTemperature) }
        return largest * inverseTemperature + log(sum)
    }

    /// The same over all but one; of two or more.
    func logSumExp(_ count: Int, except left: Int, inverseTemperature: Float) -> Float {
        var largest = -Float.infinity
        for i in 0..<count where i != left { largest = max(largest, self[i]) }
        var sum: Float = 0
        for i in 0..<count where i != left { sum += exp((self[i] - largest) * inverseTemperature) }
        return largest * inverseTemperature + log(sum)
    }

    /// Index of the largest value, the first of equals.
    func largest(_ count: Int) -> Int {
        var best = 0
        for i in 1..<count where self[i] > self[best] { best = i }
        return best
    }

    /// softmax(x / temperature) into `result`.
    func softmax(_ count: Int, inverseTemperature: Float, into result: UnsafeMutablePointer<Float>) {
        let normalizer = logSumExp(count, inverseTemperature: inverseTemperature)
        for i in 0..<count { result[i] = exp(self[i] * inverseTemperature - normalizer) }
    }
}
