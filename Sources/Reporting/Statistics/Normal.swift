import Foundation

/// The standard normal distribution.
package enum Normal {
    /// The value that a share of `confidence` of the distribution lies within, to both sides of 0: 1.96 for 0.95.
    ///
    /// - Parameter confidence: inside 0..<1.
    package static func twoSided(confidence: Double) -> Double {
        precondition((0..<1).contains(confidence), "a confidence of \(confidence)")
        var (lower, upper) = (0.0, 40.0)
        // Both tails beyond z hold erfc(z / sqrt 2); halved until the two ends are neighbours.
        while true {
            let middle = (lower + upper) / 2
            if middle <= lower || middle >= upper { return middle }
            if erfc(middle / 2.0.squareRoot()) > 1 - confidence { lower = middle } else { upper = middle }
        }
    }

    /// For `count` questions asked at once, the z at which the chance of one wrong "yes" among all of them stays at
    /// 5% (Bonferroni). Without it, five of a hundred classes would seem special by chance.
    package static func z95(questions count: Int) -> Double { twoSided(confidence: 1 - 0.05 / Double(max(count, 1))) }
}
