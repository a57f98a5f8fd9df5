import Foundation

/// Where an axis has its marks: round numbers, evenly apart.
package struct AxisTicks: Equatable {
    /// Rising; at least two.
    package let values: [Double]
    /// That the labels need to tell neighbours apart.
    package let decimals: Int

    package var lower: Double { values[0] }
    package var upper: Double { values[values.count - 1] }

    /// About `count` steps of 1, 2 or 5 times a power of ten, the first at or below `lower`, the last at or above
    /// `upper`. Equal ends get an axis around them.
    ///
    /// - Parameters: finite, `lower <= upper`, `count >= 1`.
    package static func covering(_ lower: Double, _ upper: Double, about count: Int = 5) -> AxisTicks {
        precondition(lower.isFinite && upper.isFinite && lower <= upper && count >= 1)
        let room = upper > lower ? 0 : max(abs(lower) * 0.1, 0.5)
        let (low, high) = (lower - room, upper + room)
        let (digit, exponent) = step((high - low) / Double(count))
        let size = digit * pow(10, Double(exponent))
        // A billionth of a step: an end that is a mark but for rounding must not cost one more step.
        let first = (low / size + 1e-9).rounded(.down)
        let last = max((high / size - 1e-9).rounded(.up), first + 1)
        let marks = (0...Int(last - first)).map { mark(first + Double($0), digit, exponent) }
        return AxisTicks(values: marks, decimals: max(0, -exponent))
    }

    /// For epochs 1...`count`: 1, and multiples of a round step.
    package static func epochs(_ count: Int, about steps: Int = 6) -> AxisTicks {
        let last = max(count, 2)
        let (digit, exponent) = step(max(1, Double(last) / Double(steps)))
        let size = Int(digit) * Int(pow(10, Double(exponent)))
        let multiples = stride(from: size, through: last, by: size).filter { $0 > 1 }
        return AxisTicks(values: ([1] + multiples).map(Double.init), decimals: 0)
    }

    package func label(_ value: Double) -> String { Figures.fixed(value, decimals) }

    /// The smallest of 1, 2, 5, 10 times a power of ten that is not below `raw`, as digit and exponent.
    private static func step(_ raw: Double) -> (digit: Double, exponent: Int) {
        let exponent = Int(log10(raw).rounded(.down))
        let digit = raw / pow(10, Double(exponent))
        for candidate in [1.0, 2, 5] where digit <= candidate * (1 + 1e-9) { return (candidate, exponent) }
        return (1, exponent + 1)
    }

    /// `index` times the step, by one rounding: 3 steps of 0.1 are 0.3.
    private static func mark(_ index: Double, _ digit: Double, _ exponent: Int) -> Double {
        exponent < 0 ? index * digit / pow(10, Double(-exponent)) : index * digit * pow(10, Double(exponent))
    }
}
