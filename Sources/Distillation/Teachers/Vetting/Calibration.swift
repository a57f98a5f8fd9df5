#if canImport(Glibc)
    import Glibc
#endif

/// Whether a network is as often right as it says (Guo, Pleiss, Sun and Weinberger 2017, "On calibration of modern
/// neural networks").
public struct Calibration: Codable, Sendable, Equatable {
    /// Expected calibration error, 0...1: Σ over 15 equal bins of confidence, each weighted by its images, of
    /// |accuracy - mean confidence|.
    public var error: Double
    /// Mean cross entropy, natural logarithm.
    public var loss: Double
    /// By which the logits must be divided for the smallest loss: above 1, the network is surer than it should be.
    public var temperature: Double
    /// `error` and `loss` with the logits divided by `temperature`.
    public var calibratedError: Double
    public var calibratedLoss: Double

    /// The temperatures that are considered.
    public static let temperatures = 0.05...20.0
    private static let bins = 15

    /// - Parameter answers: at least one.
    public init(_ answers: HeldOutAnswers) {
        precondition(answers.count > 0)
        temperature = Self.fit(answers)
        error = Self.error(answers, temperature: 1)
        loss = Self.loss(answers, inverse: 1)
        calibratedError = Self.error(answers, temperature: temperature)
        calibratedLoss = Self.loss(answers, inverse: 1 / temperature)
    }

    /// The loss is convex in 1 / T, so halving the interval around its minimum finds it: here by golden sections.
    private static func fit(_ answers: HeldOutAnswers) -> Double {
        let golden = (5.0.squareRoot() - 1) / 2
        var (low, high) = (1 / temperatures.upperBound, 1 / temperatures.lowerBound)
        var (left, right) = (high - golden * (high - low), low + golden * (high - low))
        var (atLeft, atRight) = (loss(answers, inverse: left), loss(answers, inverse: right))
        while high - low > 1e-5 * low {
            if atLeft <= atRight {
                (high, right, atRight) = (right, left, atLeft)
                left = high - golden * (high - low)
                atLeft = loss(answers, inverse: left)
            } else {
                (low, left, atLeft) = (left, right, atRight)
                right = low + golden * (high - low)
                atRight = loss(answers, inverse: right)
            }
        }
        return 2 / (low + high)
    }

    private static func loss(_ answers: HeldOutAnswers, inverse: Double) -> Double {
        var sum = 0.0
        each(answers, inverse: inverse) { row, top, label, rest in
            sum += (Double(row[top]) - Double(row[label])) * inverse + rest
        }
        return sum / Double(answers.count)
    }

    private static func error(_ answers: HeldOutAnswers, temperature: Double) -> Double {
        var right = [Int](repeating: 0, count: bins)
        var confidence = [Double](repeating: 0, count: bins)
        let inverse = 1 / temperature
        each(answers, inverse: inverse) { _, top, label, rest in
            let sure = exp(-rest)
            // Bins are open below and closed above.
            let bin = min(max(Int((sure * Double(bins)).rounded(.up)) - 1, 0), bins - 1)
            confidence[bin] += sure
            if top == label { right[bin] += 1 }
        }
        let sum = zip(right, confidence).reduce(0.0) { $0 + abs(Double($1.0) - $1.1) }
        return sum / Double(answers.count)
    }

    /// Calls `body` with each image's logits, the index of the largest, its label and log Σ exp(inverse (logit -
    /// largest)), which stays exact where the network is all but certain.
    private static func each(
        _ answers: HeldOutAnswers, inverse: Double, _ body: (UnsafePointer<Float>, Int, Int, Double) -> Void
    ) {
        let classes = answers.classes
        answers.logits.withUnsafeBufferPointer { all in
            guard let base = all.baseAddress else { return }
            for i in 0..<answers.count {
                let row = base + i * classes
                let top = row.largest(classes)
                var others = 0.0
                for c in 0..<classes where c != top { others += exp((Double(row[c]) - Double(row[top])) * inverse) }
                body(row, top, Int(answers.labels[i]), log1p(others))
            }
        }
    }
}
