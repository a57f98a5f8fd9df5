import Compute

#if canImport(Glibc)
    import Glibc
#endif

/// The random share and the arithmetic of mixup (Zhang et al. 2018, "mixup: Beyond empirical risk minimization").
enum Mixup {
    /// A draw from Beta(alpha, alpha), alpha > 0.
    static func share(alpha: Double, seed: UInt64, epoch: Int, sample: Int) -> Float {
        var random = CounterRandom(
            seed: seed, stream: stream, UInt32(truncatingIfNeeded: epoch), UInt32(truncatingIfNeeded: sample))
        let x = logGamma(shape: alpha, &random)
        let y = logGamma(shape: alpha, &random)
        return Float(1 / (1 + exp(y - x)))
    }

    /// a = shareA a + (1 - shareA) b, and b likewise with the old a.
    static func blend(
        _ a: UnsafeMutablePointer<Float>, _ b: UnsafeMutablePointer<Float>, _ count: Int, _ shareA: Float,
        _ shareB: Float
    ) {
        let (restA, restB) = (1 - shareA, 1 - shareB)
        for i in 0..<count {
            let (x, y) = (a[i], b[i])
            a[i] = shareA * x + restA * y
            b[i] = shareB * y + restB * x
        }
    }

    /// Logarithm of a draw from Gamma(shape, 1). With small shapes the draw itself would be 0 more often than not.
    ///
    /// Marsaglia and Tsang 2000, "A simple method for generating gamma variables", which needs a shape of 1 or more;
    /// below, Gamma(shape) = Gamma(shape + 1) U^(1 / shape).
    private static func logGamma(shape: Double, _ random: inout CounterRandom) -> Double {
        guard shape >= 1 else {
            let large = logGamma(shape: shape + 1, &random)
            return large + log(positiveUniform(&random)) / shape
        }
        let d = shape - 1.0 / 3
        let c = 1 / (9 * d).squareRoot()
        while true {
            let x = normal(&random)
            let root = 1 + c * x
            guard root > 0 else { continue }
            let v = root * root * root
            if log(positiveUniform(&random)) < 0.5 * x * x + d - d * v + d * log(v) { return log(d) + log(v) }
        }
    }

    /// Box and Muller 1958.
    private static func normal(_ random: inout CounterRandom) -> Double {
        let radius = (-2 * log(positiveUniform(&random))).squareRoot()
        return radius * cos(2 * Double.pi * Double(random.uniform()))
    }

    /// In 0...1 without the 0.
    private static func positiveUniform(_ random: inout CounterRandom) -> Double { 1 - Double(random.uniform()) }

    /// "mixu" in ASCII.
    private static let stream: UInt32 = 0x6D69_7875
}
