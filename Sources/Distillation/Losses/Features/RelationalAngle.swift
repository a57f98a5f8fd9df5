import Compute

/// Relational distillation by angle (Park, Kim, Lu and Cho 2019, "Relational knowledge distillation"): seen from each
/// image, two others stand at the angle that they have for the teacher. With e[i,j] the unit vector from image i to j,
///
///     mean over all triples of huber(e[i,j] · e[i,k] (student) - e[i,j] · e[i,k] (teacher))
///
/// The paper weighs it with 50. It costs N^3 products of rows: meant for the last activations before the classifier.
public enum RelationalAngle {
    /// The paper's.
    public static let standardWeight = 50.0
    private static let smallest: Float = 1e-12
    /// In which the images from where others are seen are cut, a task each.
    private static let chunks = 8

    /// The loss, and its gradient by the student's values: with g the slope by the product, de[i,j] = 2 Σ g e[i,k] over
    /// k, and by the line from i to j it is (de - e (e · de)) / length.
    ///
    /// - Parameters:
    ///   - student, dStudent: N,studentValues.
    ///   - teacher: N,teacherValues.
    ///   - pool: does not change the result.
    public static func evaluate(
        student: UnsafePointer<Float>, studentValues: Int, teacher: UnsafePointer<Float>, teacherValues: Int,
        dStudent: UnsafeMutablePointer<Float>, count: Int, pool: ThreadPool = ThreadPool(threads: 1)
    ) -> Double {
        let values = count * studentValues
        let partial = FloatBuffer(count: chunks * values)
        var losses = [Double](repeating: 0, count: chunks)
        losses.withUnsafeMutableBufferPointer { losses in
            pool.run(chunks) { chunk, _ in
                losses[chunk] = evaluate(
                    from: chunk * count / chunks..<(chunk + 1) * count / chunks, student: student,
                    studentValues: studentValues, teacher: teacher, teacherValues: teacherValues,
                    dStudent: partial.base + chunk * values, count: count)
            }
        }
        dStudent.update(from: partial.base, count: values)
        for chunk in 1..<chunks {
            for i in 0..<values { dStudent[i] += partial.base[chunk * values + i] }
        }
        return losses.reduce(0, +)
    }

    /// Of the angles at some of the images; adds to the gradient.
    private static func evaluate(
        from images: Range<Int>, student: UnsafePointer<Float>, studentValues: Int, teacher: UnsafePointer<Float>,
        teacherValues: Int, dStudent: UnsafeMutablePointer<Float>, count: Int
    ) -> Double {
        Rows.scratch((count + 1) * studentValues + count * teacherValues + count) { scratch in
            let (own, de) = (scratch, scratch + count * studentValues)
            let other = de + studentValues
            let lengths = other + count * teacherValues
            let share = 1 / Float(count * count * count)
            var loss = 0.0
            for i in images {
                directions(teacher, teacherValues, count, from: i, into: other, lengths)
                directions(student, studentValues, count, from: i, into: own, lengths)
                for j in 0..<count {
                    let e = own + j * studentValues
                    de.update(repeating: 0, count: studentValues)
                    for k in 0..<count {
                        let b = own + k * studentValues
                        let cosine = Rows.product(e, b, studentValues)
                        let wanted = Rows.product(other + j * teacherValues, other + k * teacherValues, teacherValues)
                        let (value, slope) = Rows.huber(Float(cosine - wanted))
                        loss += value
                        for v in 0..<studentValues { de[v] += 2 * share * slope * b[v] }
                    }
                    // An image stands in no direction from itself, nor one that lies where it lies.
                    guard lengths[j] > smallest else { continue }
                    let along = Float(Rows.product(e, de, studentValues))
                    for v in 0..<studentValues {
                        let slope = (de[v] - e[v] * along) / lengths[j]
                        dStudent[j * studentValues + v] += slope
                        dStudent[i * studentValues + v] -= slope
                    }
                }
            }
            return loss * Double(share)
        }
    }

    private static func directions(
        _ x: UnsafePointer<Float>, _ values: Int, _ count: Int, from i: Int,
        into result: UnsafeMutablePointer<Float>, _ lengths: UnsafeMutablePointer<Float>
    ) {
        for j in 0..<count {
            let e = result + j * values
            lengths[j] = Rows.difference(from: x + i * values, to: x + j * values, values, into: e)
            let inverse = 1 / max(lengths[j], smallest)
            for v in 0..<values { e[v] *= inverse }
        }
    }
}
