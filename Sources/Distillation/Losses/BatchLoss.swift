#if canImport(Glibc)
    import Glibc
#endif

/// What a loss says about a batch.
public struct BatchLoss: Sendable, Equatable {
    /// Mean over the images.
    public var loss: Double
    /// Images whose largest logit is at their largest target.
    public var right: Int
}

/// Batches are large and classes few: a row is worked on as it lies, in single precision but for the sum.
extension UnsafePointer<Float> {
    /// log Σ exp(x / temperature), without overflow.
    func logSumExp(_ count: Int, inverseTemperature: Float = 1) -> Float {
        var largest = self[0]
        for i in 1..<count { largest = max(largest, self[i]) }
        var sum: Float = 0
        for i in 0..<count { sum += exp((self[i] - largest) * inverseTemperature) }
        return largest * inverseTemperature + log(sum)
    }

    /// Index of the largest value, the first of equals.
    func largest(_ count: Int) -> Int {
        var best = 0
        for i in 1..<count where self[i] > self[best] { best = i }
        return best
    }
}
