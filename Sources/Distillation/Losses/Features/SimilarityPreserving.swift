import Compute

/// Similarity-preserving distillation (Tung and Mori 2019, "Similarity-preserving knowledge distillation"): images that
/// are alike to the teacher are alike to the student. With G = X X^T of the batch's activations X (N,values), and Ĝ its
/// rows divided by their length,
///
///     Σ (Ĝ(student) - Ĝ(teacher))^2 / N^2
///
/// Nothing but the batch must be the same in both.
public enum SimilarityPreserving {
    private static let smallest: Float = 1e-12

    /// The loss, and its gradient by the student's values: with h = 2 (Ĝ - Ĝ(teacher)) / N^2, through each row's length
    /// dG = (h - Ĝ Σ Ĝ h) / |G|, then dX = (dG + dG^T) X.
    ///
    /// - Parameters:
    ///   - student, dStudent: N,studentValues.
    ///   - teacher: N,teacherValues.
    ///   - pool: does not change the result.
    public static func evaluate(
        student: UnsafePointer<Float>, studentValues: Int, teacher: UnsafePointer<Float>, teacherValues: Int,
        dStudent: UnsafeMutablePointer<Float>, count: Int, pool: ThreadPool = ThreadPool(threads: 1)
    ) -> Double {
        Rows.scratch((2 * count + 1) * count) { scratch in
            let (own, other, lengths) = (scratch, scratch + count * count, scratch + 2 * count * count)
            similarities(teacher, values: teacherValues, count: count, into: other, lengths: lengths, pool)
            similarities(student, values: studentValues, count: count, into: own, lengths: lengths, pool)
            let loss = compare(own, other, lengths: lengths, count: count)
            pool.run(count) { i, _ in
                let target = dStudent + i * studentValues
                target.update(repeating: 0, count: studentValues)
                for j in 0..<count {
                    let slope = other[i * count + j] + other[j * count + i]
                    let x = student + j * studentValues
                    for k in 0..<studentValues { target[k] += slope * x[k] }
                }
            }
            return loss
        }
    }

    /// The loss; `other` becomes its gradient by G.
    private static func compare(
        _ own: UnsafePointer<Float>, _ other: UnsafeMutablePointer<Float>, lengths: UnsafePointer<Float>, count: Int
    ) -> Double {
        let share = 1 / Float(count * count)
        var loss = 0.0
        for i in 0..<count {
            let (row, h) = (own + i * count, other + i * count)
            var along: Float = 0
            for j in 0..<count {
                let difference = row[j] - h[j]
                loss += Double(difference) * Double(difference)
                h[j] = 2 * share * difference
                along += row[j] * h[j]
            }
            for j in 0..<count { h[j] = (h[j] - row[j] * along) / lengths[i] }
        }
        return loss * Double(share)
    }

    private static func similarities(
        _ x: UnsafePointer<Float>, values: Int, count: Int, into result: UnsafeMutablePointer<Float>,
        lengths: UnsafeMutablePointer<Float>, _ pool: ThreadPool
    ) {
        pool.run(count) { i, _ in
            let row = result + i * count
            var squares = 0.0
            for j in 0..<count {
                row[j] = Float(Rows.product(x + i * values, x + j * values, values))
                squares += Double(row[j]) * Double(row[j])
            }
            lengths[i] = max(Float(squares.squareRoot()), smallest)
            for j in 0..<count { row[j] /= lengths[i] }
        }
    }
}
