/// How much of the differences between trials a setting explains by itself.
///
/// The trials are put into groups by the setting's value (four of equal size for numbers), and the share of the
/// scores' variance that lies between the groups' means is corrected for chance, which also makes groups differ:
///
///     share = 1 - (1 - between / all) (n - 1) / (n - groups)
///
/// the adjusted coefficient of determination, at least 0. It is the first-order term of a functional ANOVA (Hutter,
/// Hoos and Leyton-Brown 2014, "An efficient approach for assessing hyperparameter importance") with means in place of a
/// forest. Settings that act together are not seen, and a sampler that turns to good places makes their shares smaller.
public enum SettingImportance {
    private static let groups = 4

    /// - Parameters:
    ///   - values: of each trial; equal ones are never parted.
    ///   - isChoice: a group for each value.
    ///   - scores: of each trial, finite.
    public static func share(_ values: [Double], isChoice: Bool, scores: [Double]) -> Double {
        precondition(values.count == scores.count)
        let count = scores.count
        let mean = scores.reduce(0, +) / Double(max(count, 1))
        let all = scores.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        guard count >= 3, all > 0 else { return 0 }
        let group = isChoice ? values : ranks(values)
        var sums: [Double: (sum: Double, count: Int)] = [:]
        for (value, score) in zip(group, scores) {
            sums[value, default: (0, 0)].sum += score
            sums[value, default: (0, 0)].count += 1
        }
        guard sums.count > 1, count > sums.count else { return 0 }
        // In a fixed order: a dictionary's changes from run to run, and sums with it.
        let between = sums.keys.sorted().reduce(0.0) { total, key in
            let one = sums[key] ?? (0, 1)
            let distance = one.sum / Double(one.count) - mean
            return total + Double(one.count) * distance * distance
        }
        let explained = between / all
        return max(0, 1 - (1 - explained) * Double(count - 1) / Double(count - sums.count))
    }

    /// Which of the groups of about equal size each value falls into.
    private static func ranks(_ values: [Double]) -> [Double] {
        let sorted = values.sorted()
        return values.map { value in
            let below = sorted.firstIndex(of: value) ?? 0
            return Double(below * min(groups, max(2, values.count / 3)) / values.count)
        }
    }
}
