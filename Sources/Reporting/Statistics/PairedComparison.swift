/// Two networks on the same images: only the images on which exactly one of them is right tell them apart.
///
/// A paired comparison sees differences that two overlapping intervals hide, since both networks met the same
/// easy and the same hard images.
public struct PairedComparison: Codable, Sendable, Equatable {
    /// Images both have answered.
    public var count: Int
    /// Images only the first is right about.
    public var onlyFirst: Int
    /// Images only the second is right about.
    public var onlySecond: Int
    /// Accuracy of the first less that of the second, -1...1.
    public var difference: Double
    /// Of the difference, at 95%: the adjusted Wald interval for paired shares (D. G. Bonett and R. M. Price,
    /// "Adjusted Wald confidence interval for a difference of binomial proportions based on paired data",
    /// Journal of Educational and Behavioral Statistics 37, 2012).
    public var interval95: Interval

    public init(count: Int, onlyFirst: Int, onlySecond: Int) {
        precondition(onlyFirst >= 0 && onlySecond >= 0 && onlyFirst + onlySecond <= count)
        self.count = count
        self.onlyFirst = onlyFirst
        self.onlySecond = onlySecond
        difference = count == 0 ? 0 : Double(onlyFirst - onlySecond) / Double(count)
        let n = Double(count + 2)
        let first = Double(onlyFirst + 1) / n
        let second = Double(onlySecond + 1) / n
        let center = first - second
        let half = Interval.z95 * ((first + second - center * center) / n).squareRoot()
        interval95 = Interval(lower: max(-1, center - half), upper: min(1, center + half))
    }

    /// From class indices of the same images.
    public init(labels: [Int], first: [Int], second: [Int]) {
        precondition(labels.count == first.count && labels.count == second.count)
        var onlyFirst = 0
        var onlySecond = 0
        for i in labels.indices {
            let right = (first[i] == labels[i], second[i] == labels[i])
            if right == (true, false) { onlyFirst += 1 }
            if right == (false, true) { onlySecond += 1 }
        }
        self.init(count: labels.count, onlyFirst: onlyFirst, onlySecond: onlySecond)
    }

    /// Whether the difference could not well be chance: its 95% interval leaves out 0.
    public var isSignificant: Bool { !interval95.contains(0) }
}
