/// Logit standardisation (Sun, Ren, Li, Wang and Cao 2024, "Logit standardization in knowledge distillation"): rows are
/// compared as z-scores, so that the student need not match the teacher's mean and spread, only its order and ratios:
///
///     y[c] = (x[c] - mean(x)) / (deviation(x) + 1e-7)
///
/// with the deviation of the whole row (divided by its count), as in the paper; its code divides by count - 1. Of two
/// classes only the order is left, so that it says nothing that the label does not.
public enum LogitStandardization {
    private static let epsilon: Float = 1e-7

    /// - Parameters:
    ///   - x, y: N,classes; may be the same.
    ///   - deviations: N; gets each row's deviation, for `backward`.
    public static func forward(
        _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, deviations: UnsafeMutablePointer<Float>,
        count: Int, classes: Int
    ) {
        for i in 0..<count {
            let (row, result) = (x + i * classes, y + i * classes)
            var (mean, squares): (Double, Double) = (0, 0)
            for c in 0..<classes { mean += Double(row[c]) }
            mean /= Double(classes)
            for c in 0..<classes {
                let distance = Double(row[c]) - mean
                squares += distance * distance
            }
            let deviation = Float((squares / Double(classes)).squareRoot())
            deviations[i] = deviation
            let inverse = 1 / (deviation + epsilon)
            for c in 0..<classes { result[c] = Float(Double(row[c]) - mean) * inverse }
        }
    }

    /// The gradient by x, in place of that by y: (g - mean(g) - y mean(g y)) / deviation. 0 for a row that does not
    /// vary: it has no direction.
    ///
    /// - Parameters:
    ///   - y, deviations: from `forward`.
    ///   - gradient: N,classes.
    public static func backward(
        _ y: UnsafePointer<Float>, deviations: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>,
        count: Int, classes: Int
    ) {
        for i in 0..<count {
            let (score, g) = (y + i * classes, gradient + i * classes)
            let deviation = deviations[i]
            guard deviation > epsilon else {
                g.update(repeating: 0, count: classes)
                continue
            }
            var (mean, along): (Float, Float) = (0, 0)
            for c in 0..<classes {
                mean += g[c]
                along += g[c] * score[c]
            }
            mean /= Float(classes)
            along /= Float(classes)
            let inverse = 1 / (deviation + epsilon)
            // score = (x - mean) inverse, so the deviation's part has one factor 1 / deviation more.
            let spread = along / deviation
            for c in 0..<classes { g[c] = (g[c] - mean) * inverse - score[c] * spread }
        }
    }
}
