/// Relational distillation by distance (Park, Kim, Lu and Cho 2019, "Relational knowledge distillation"): the batch's
/// images lie to each other as the teacher has them. With d[i,j] the distance of the activations of two images and m
/// the mean of those above 0,
///
///     mean over all pairs of huber(d[i,j] / m (student) - d[i,j] / m (teacher))
///
/// The paper weighs it with 25, on the last activations before the classifier.
public enum RelationalDistance {
    /// The paper's.
    public static let standardWeight = 25.0

    /// The loss, and its gradient by the student's values. With g the slope by d / m: by d it is
    /// g / m - Σ g d / (m^2 pairs), and d[i,j] pulls at both images along the line between them.
    ///
    /// - Parameters:
    ///   - student, dStudent: N,studentValues.
    ///   - teacher: N,teacherValues.
    public static func evaluate(
        student: UnsafePointer<Float>, studentValues: Int, teacher: UnsafePointer<Float>, teacherValues: Int,
        dStudent: UnsafeMutablePointer<Float>, count: Int
    ) -> Double {
        Rows.scratch(2 * count * count + max(studentValues, teacherValues)) { scratch in
            let (own, other, line) = (scratch, scratch + count * count, scratch + 2 * count * count)
            let mean = distances(student, studentValues, count, into: own, line)
            let teacherMean = distances(teacher, teacherValues, count, into: other, line)
            let share = 1 / Float(count * count)
            var (loss, along, pairs) = (0.0, 0.0, 0)
            for k in 0..<count * count {
                let (value, slope) = Rows.huber(own[k] / mean - other[k] / teacherMean)
                loss += value
                other[k] = share * slope
                along += Double(share * slope) * Double(own[k])
                if own[k] > 0 { pairs += 1 }
            }
            let common = Float(along / (Double(mean) * Double(mean) * Double(max(pairs, 1))))
            dStudent.update(repeating: 0, count: count * studentValues)
            for i in 0..<count {
                for j in 0..<count where own[i * count + j] > 0 {
                    let distance = Rows.difference(
                        from: student + j * studentValues, to: student + i * studentValues, studentValues, into: line)
                    let slope = (other[i * count + j] / mean - common) / distance
                    for k in 0..<studentValues {
                        dStudent[i * studentValues + k] += slope * line[k]
                        dStudent[j * studentValues + k] -= slope * line[k]
                    }
                }
            }
            return loss * Double(share)
        }
    }

    /// Returns the mean of those above 0; 1 where there are none.
    private static func distances(
        _ x: UnsafePointer<Float>, _ values: Int, _ count: Int, into result: UnsafeMutablePointer<Float>,
        _ line: UnsafeMutablePointer<Float>
    ) -> Float {
        var (sum, pairs) = (0.0, 0)
        for i in 0..<count {
            for j in 0..<count {
                let distance =
                    i == j ? 0 : Rows.difference(from: x + j * values, to: x + i * values, values, into: line)
                result[i * count + j] = distance
                sum += Double(distance)
                if distance > 0 { pairs += 1 }
            }
        }
        return pairs == 0 ? 1 : Float(sum / Double(pairs))
    }
}
