import Compute

#if canImport(Glibc)
    import Glibc
#endif

/// Contrastive representation distillation (Tian, Krishnan and Isola 2020, "Contrastive representation distillation"): a
/// student's embedding of an image is nearer to the teacher's of the same image than to the teacher's of images of other
/// classes, and the other way round. With s and t the projections of both, of length 1, and c[i,j] = s[i] t[j] / τ,
///
///     mean over images of  log Σ_j exp(c[i,j]) - c[i,i]  +  log Σ_j exp(c[j,i]) - c[i,i]
///
/// j goes over the image itself and the images of the batch with other labels. The paper takes its negatives from a
/// memory of the whole dataset and judges each by itself (NCE), with a constant found in the first batch; here the batch
/// gives them and their sum takes the constant's place (InfoNCE: van den Oord, Li and Vinyals 2018, "Representation
/// learning with contrastive predictive coding"), which bounds the same mutual information and keeps nothing between
/// steps.
public enum ContrastiveLoss {
    /// As the authors' code.
    public static let standardTemperature: Float = 0.07
    /// As the authors' code: values of a projection.
    static let dimensions = 128
    private static let smallest: Float = 1e-12

    /// The loss, and its gradients by both projections before they get length 1: with P the softmax of c along each row
    /// and Q along each column (0 at images of the same label), g = (P + Q - 2 I) / (N τ), ds = g t, dt = gᵀ s, then
    /// dx = (ds - s (s ds)) / |x|.
    ///
    /// - Parameters:
    ///   - student, teacher: N,values.
    ///   - labels: N; a negative one is like no other.
    ///   - pool: does not change the result.
    public static func evaluate(
        student: UnsafePointer<Float>, teacher: UnsafePointer<Float>, labels: UnsafePointer<Int32>,
        dStudent: UnsafeMutablePointer<Float>, dTeacher: UnsafeMutablePointer<Float>, count: Int, values: Int,
        temperature: Float = standardTemperature, pool: ThreadPool = ThreadPool(threads: 1)
    ) -> Double {
        let size = count * values
        return Rows.scratch(2 * size + 2 * count + 2 * count * count) { scratch in
            let (s, t) = (scratch, scratch + size)
            let lengths = t + size
            let (rows, columns) = (lengths + 2 * count, lengths + 2 * count + count * count)
            for i in 0..<count {
                lengths[i] = normalize(student + i * values, values, into: s + i * values)
                lengths[count + i] = normalize(teacher + i * values, values, into: t + i * values)
            }
            pool.run(count) { i, _ in
                for j in 0..<count {
                    let isOther = i == j || labels[i] < 0 || labels[i] != labels[j]
                    let similarity = Float(Rows.product(s + i * values, t + j * values, values)) / temperature
                    rows[i * count + j] = isOther ? similarity : -.infinity
                    columns[j * count + i] = rows[i * count + j]
                }
            }
            var loss = 0.0
            for matrix in [rows, columns] {
                for i in 0..<count {
                    let row = matrix + i * count
                    let own = row[i]
                    let normalizer = UnsafePointer(row).logSumExp(count)
                    loss += Double(normalizer) - Double(own)
                    for j in 0..<count { row[j] = exp(row[j] - normalizer) }
                    row[i] -= 1
                }
            }
            let share = 1 / (Float(count) * temperature)
            pool.run(2 * count) { task, _ in
                let (i, isStudent) = (task % count, task < count)
                let (own, other) = isStudent ? (s, t) : (t, s)
                let (first, second) = isStudent ? (rows, columns) : (columns, rows)
                let target = (isStudent ? dStudent : dTeacher) + i * values
                target.update(repeating: 0, count: values)
                for j in 0..<count {
                    let slope = share * (first[i * count + j] + second[j * count + i])
                    guard slope != 0 else { continue }
                    for k in 0..<values { target[k] += slope * other[j * values + k] }
                }
                let x = own + i * values
                let along = Float(Rows.product(x, target, values))
                let length = lengths[isStudent ? i : count + i]
                for k in 0..<values { target[k] = (target[k] - x[k] * along) / length }
            }
            return loss / Double(count)
        }
    }

    /// Returns the length before.
    private static func normalize(
        _ x: UnsafePointer<Float>, _ count: Int, into result: UnsafeMutablePointer<Float>
    ) -> Float {
        let length = max(Float(Rows.product(x, x, count).squareRoot()), smallest)
        for k in 0..<count { result[k] = x[k] / length }
        return length
    }
}
