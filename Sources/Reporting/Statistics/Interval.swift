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
    static let z95 = 1.959963984540054

    /// Wilson's score interval of a binomial share at 95% (E. B. Wilson, "Probable inference, the law of
    /// succession, and statistical inference", JASA 22, 1927). Sensible at 0, at 1 and for few trials, where the
    /// textbook interval p +- z sqrt(p (1 - p) / n) is not.
    ///
    /// - Returns: 0...1 where `count` is 0.
    public static func wilson95(right: Int, of count: Int) -> Interval {
        guard count > 0 else { return Interval(lower: 0, upper: 1) }
        precondition((0...count).contains(right))
        let n = Double(count)
        let p = Double(right) / n
        let z2 = z95 * z95
        let center = (p + z2 / (2 * n)) / (1 + z2 / n)
        let half = z95 / (1 + z2 / n) * (p * (1 - p) / n + z2 / (4 * n * n)).squareRoot()
        // Rounding must not push the ends past the values they have exactly.
        return Interval(
            lower: right == 0 ? 0 : max(0, center - half), upper: right == count ? 1 : min(1, center + half))
    }
}
