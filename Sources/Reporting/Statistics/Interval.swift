/// A closed interval of shares or of differences of shares.
public struct Interval: Codable, Sendable, Equatable {
    public var lower: Double
    public var upper: Double

    public init(lower: Double, upper: Double) {
        self.lower = lower
        self.upper = upper
    }

    public func contains(_ value: Double) -> Bool { lower <= value && value <= upper }

    /// The 97.5% quantile of the normal distribution: two-sided 95%.
    package static let z95 = 1.959963984540054

    /// Wilson's score interval of a binomial share at 95% (E. B. Wilson, "Probable inference, the law of
    /// succession, and statistical inference", JASA 22, 1927). Sensible at 0, at 1 and for few trials, where the
    /// textbook interval p +- z sqrt(p (1 - p) / n) is not.
    ///
    /// - Returns: 0...1 where `count` is 0.
    public static func wilson95(right: Int, of count: Int) -> Interval { wilson(right: right, of: count, z: z95) }

    /// The same for another confidence, by its two-sided quantile.
    package static func wilson(right: Int, of count: Int, z: Double) -> Interval {
        guard count > 0 else { return Interval(lower: 0, upper: 1) }
        precondition((0...count).contains(right))
        let n = Double(count)
        let p = Double(right) / n
        let z2 = z * z
        let center = (p + z2 / (2 * n)) / (1 + z2 / n)
        let half = z / (1 + z2 / n) * (p * (1 - p) / n + z2 / (4 * n * n)).squareRoot()
        // Rounding must not push the ends past the values they have exactly.
        return Interval(
            lower: right == 0 ? 0 : max(0, center - half), upper: right == count ? 1 : min(1, center + half))
    }

    /// Of the difference of two shares, first less second, as of independent samples: the hybrid score interval
    /// (R. G. Newcombe, "Interval estimation for the difference between independent proportions", Statistics in
    /// Medicine 17, 1998, method 10). Two networks on the same images are mostly right together, so for them it is
    /// wider than need be: it errs towards "could be chance".
    package static func newcombe(first: (right: Int, count: Int), second: (right: Int, count: Int), z: Double)
        -> Interval
    {
        guard first.count > 0, second.count > 0 else { return Interval(lower: -1, upper: 1) }
        let (p, q) = (Double(first.right) / Double(first.count), Double(second.right) / Double(second.count))
        let a = wilson(right: first.right, of: first.count, z: z)
        let b = wilson(right: second.right, of: second.count, z: z)
        let down = ((p - a.lower) * (p - a.lower) + (b.upper - q) * (b.upper - q)).squareRoot()
        let up = ((a.upper - p) * (a.upper - p) + (q - b.lower) * (q - b.lower)).squareRoot()
        return Interval(lower: max(-1, p - q - down), upper: min(1, p - q + up))
    }
}
