/// Images of one class that the student took for another.
package struct ConfusedPair: Equatable {
    package let label, predicted: Int
    package let count: Int
    /// Of the label's test images.
    package let share: Double
    /// Images of `predicted` taken for `label`: the confusion the other way.
    package let reverse: Int

    /// The pairs with most images, at most `limit`.
    package static func worst(_ confusion: [[Int]], limit: Int) -> [ConfusedPair] {
        var pairs: [ConfusedPair] = []
        for (label, row) in confusion.enumerated() {
            let total = row.reduce(0, +)
            for (predicted, count) in row.enumerated() where count > 0 && predicted != label {
                pairs.append(
                    ConfusedPair(
                        label: label, predicted: predicted, count: count, share: Double(count) / Double(total),
                        reverse: confusion[predicted][label]))
            }
        }
        let sorted = pairs.sorted {
            ($1.count, $1.share, $0.label, $0.predicted) < ($0.count, $0.share, $1.label, $1.predicted)
        }
        return Array(sorted.prefix(limit))
    }
}
