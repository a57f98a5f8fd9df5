#if canImport(Glibc)
    import Glibc
#endif

/// DIST (Huang, You, Wang, Qian and Xu 2022, "Knowledge distillation from a stronger teacher"): instead of the
/// teacher's probabilities the student learns how they relate, by Pearson's correlation r:
///
///     T^2 (interWeight mean over images of (1 - r(q[i,:], p[i,:]))
///         + intraWeight mean over classes of (1 - r(q[:,c], p[:,c])))
///
/// with p, q = softmax(logits / T) of teacher and student. The paper's beta and gamma are `interWeight` and
/// `intraWeight`; its temperature is 1 for ImageNet and 4 for CIFAR-100.
///
/// An image's weight multiplies its own term, and its part in the moments of the correlations within a class.
public struct RelationDistillation: Sendable {
    public let interWeight: Float
    public let intraWeight: Float

    /// - Parameters: not negative.
    public init(interWeight: Double, intraWeight: Double) {
        precondition(interWeight >= 0 && intraWeight >= 0)
        self.interWeight = Float(interWeight)
        self.intraWeight = Float(intraWeight)
    }

    /// Floats that `evaluate` needs.
    public static func scratchCount(count: Int, classes: Int) -> Int { 2 * count * classes }

    /// The loss times `scale`, and its gradient by the student's logits.
    ///
    /// Of one pair of centred vectors a, b: dr/da = b / (|a||b|) - r a / |a|^2, then centred; and through the softmax,
    /// dz = q (g - Σ g q) / T.
    ///
    /// - Parameters:
    ///   - dLogits: N,classes; overwritten.
    ///   - scratch: `scratchCount` floats.
    public func evaluate(
        _ rows: LogitRows, temperature: Float, scale: Float, dLogits: UnsafeMutablePointer<Float>,
        scratch: UnsafeMutablePointer<Float>
    ) -> Double {
        let (count, classes) = (rows.count, rows.classes)
        let inverse = 1 / temperature
        let (q, p) = (scratch, scratch + count * classes)
        var weightSum = 0.0
        for i in 0..<count {
            (rows.student + i * classes).softmax(classes, inverseTemperature: inverse, into: q + i * classes)
            (rows.teacher + i * classes).softmax(classes, inverseTemperature: inverse, into: p + i * classes)
            weightSum += Double(rows.weights[i])
        }
        dLogits.update(repeating: 0, count: count * classes)
        let square = Double(scale) * Double(temperature) * Double(temperature)
        var loss = 0.0
        for i in 0..<count {
            let weight = square * Double(interWeight) * Double(rows.weights[i]) / Double(count)
            let line = Line(q + i * classes, p + i * classes, dLogits + i * classes, count: classes, stride: 1)
            loss += weight * (1 - line.correlate(weights: nil, weightSum: Double(classes), scale: weight))
        }
        if weightSum > 0 {
            let weight = square * Double(intraWeight) * weightSum / Double(count) / Double(classes)
            for c in 0..<classes {
                let line = Line(q + c, p + c, dLogits + c, count: count, stride: classes)
                loss += weight * (1 - line.correlate(weights: rows.weights, weightSum: weightSum, scale: weight))
            }
        }
        for i in 0..<count {
            let (own, g) = (q + i * classes, dLogits + i * classes)
            var mean: Float = 0
            for c in 0..<classes { mean += own[c] * g[c] }
            for c in 0..<classes { g[c] = inverse * own[c] * (g[c] - mean) }
        }
        return loss
    }
}

/// A row or a column of the student's and the teacher's probabilities, and of the gradient by the student's.
private struct Line {
    let q, p: UnsafePointer<Float>
    let gradient: UnsafeMutablePointer<Float>
    let count, stride: Int

    init(
        _ q: UnsafePointer<Float>, _ p: UnsafePointer<Float>, _ gradient: UnsafeMutablePointer<Float>, count: Int,
        stride: Int
    ) {
        self.q = q
        self.p = p
        self.gradient = gradient
        self.count = count
        self.stride = stride
    }

    /// As the authors' code: keeps the quotient finite where one of the two does not vary.
    private static let epsilon = 1e-8

    /// Pearson's correlation r, moments weighted; adds -scale dr/dq to the gradient.
    ///
    /// - Parameter weights: `nil`: all 1.
    func correlate(weights: UnsafePointer<Float>?, weightSum: Double, scale: Double) -> Double {
        func weight(_ i: Int) -> Double { weights.map { Double($0[i]) } ?? 1 }
        var (meanQ, meanP) = (0.0, 0.0)
        for i in 0..<count {
            meanQ += weight(i) * Double(q[i * stride])
            meanP += weight(i) * Double(p[i * stride])
        }
        meanQ /= weightSum
        meanP /= weightSum
        var (product, squaresQ, squaresP) = (0.0, 0.0, 0.0)
        for i in 0..<count {
            let (a, b) = (Double(q[i * stride]) - meanQ, Double(p[i * stride]) - meanP)
            product += weight(i) * a * b
            squaresQ += weight(i) * a * a
            squaresP += weight(i) * b * b
        }
        let (normQ, normP) = (squaresQ.squareRoot(), squaresP.squareRoot())
        let divisor = normQ * normP + Self.epsilon
        // By the centred value: weight (along b - back a); their weighted sum is 0, so centring changes nothing.
        let along = 1 / divisor
        let back = normQ == 0 ? 0 : product * normP / (normQ * divisor * divisor)
        for i in 0..<count {
            let (a, b) = (Double(q[i * stride]) - meanQ, Double(p[i * stride]) - meanP)
            gradient[i * stride] -= Float(scale * weight(i) * (along * b - back * a))
        }
        return product / divisor
    }
}
