import Compute

/// Similarity-preserving distillation (Tung and Mori 2019, "Similarity-preserving knowledge distillation"): images that
/// are alike to the teacher are alike to the student. With G = X X^T of the batch's activations X (N,values), and Ĝ its
/// rows divided by their length,
///
///     Σ (Ĝ(student) - Ĝ(teacher))^2 / N^2
///
/// Nothing but the batch must be the same in both.
public final class SimilarityPreserving {
    private static let smallest: Float = 1e-12

    private let count: Int
    private let student, teacher: RowProducts
    /// N,N.
    private let own, other: FloatBuffer
    /// N; of rows of G.
    private let lengths: FloatBuffer

    /// - Parameters:
    ///   - studentValues, teacherValues: of an image.
    ///   - count: images, N.
    public init(studentValues: Int, teacherValues: Int, count: Int) {
        self.count = count
        student = RowProducts(count: count, values: studentValues)
        teacher = RowProducts(count: count, values: teacherValues)
        own = FloatBuffer(count: count * count)
        other = FloatBuffer(count: count * count)
        lengths = FloatBuffer(count: count)
    }

    /// The loss, and its gradient by the student's values: with h = 2 (Ĝ - Ĝ(teacher)) / N^2, through each row's length
    /// dG = (h - Ĝ Σ Ĝ h) / |G|, then dX = (dG + dG^T) X.
    ///
    /// - Parameters:
    ///   - student, dStudent: N,studentValues.
    ///   - teacher: N,teacherValues.
    ///   - pool: does not change the result.
    public func evaluate(
        student values: UnsafePointer<Float>, teacher teacherValues: UnsafePointer<Float>,
        dStudent: UnsafeMutablePointer<Float>, pool: ThreadPool
    ) -> Double {
        teacher.similarities(teacherValues, to: other.base, pool: pool)
        normalize(other.base)
        student.similarities(values, to: own.base, pool: pool)
        normalize(own.base)
        let loss = Self.compare(own.base, other.base, lengths: lengths.base, count: count)
        for i in 0..<count {
            for j in 0..<count { own.base[i * count + j] = other.base[i * count + j] + other.base[j * count + i] }
        }
        student.mix(own.base, values, to: dStudent, pool: pool)
        return loss
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

    private func normalize(_ matrix: UnsafeMutablePointer<Float>) {
        for i in 0..<count {
            let row = matrix + i * count
            let length = max(Float(Rows.product(row, row, count).squareRoot()), Self.smallest)
            for j in 0..<count { row[j] /= length }
            lengths.base[i] = length
        }
    }
}
