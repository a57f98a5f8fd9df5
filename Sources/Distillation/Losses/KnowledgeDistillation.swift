#if canImport(Glibc)
    import Glibc
#endif

/// Distillation of logits (Hinton, Vinyals and Dean 2015, "Distilling the knowledge in a neural network"):
///
///     T^2 KL(p || q), p = softmax(teacher / T), q = softmax(student / T)
///
/// as a weighted mean over the batch. T^2 makes up for the gradients, which shrink as 1 / T^2.
public enum KnowledgeDistillation {
    /// The loss times `scale`, and its gradient by the student's logits: scale weight T (q - p) / N.
    ///
    /// - Parameter dLogits: N,classes; overwritten.
    public static func evaluate(
        _ rows: LogitRows, temperature: Float, scale: Float, dLogits: UnsafeMutablePointer<Float>
    ) -> Double {
        let (count, classes) = (rows.count, rows.classes)
        let inverse = 1 / temperature
        let factor = scale * temperature / Float(count)
        var divergence = 0.0
        for i in 0..<count {
            let (z, t, dz) = (rows.student + i * classes, rows.teacher + i * classes, dLogits + i * classes)
            let normalizer = z.logSumExp(classes, inverseTemperature: inverse)
            let teacherNormalizer = t.logSumExp(classes, inverseTemperature: inverse)
            let share = factor * rows.weights[i]
            var sum: Float = 0
            for c in 0..<classes {
                let logStudent = z[c] * inverse - normalizer
                let logTeacher = t[c] * inverse - teacherNormalizer
                let target = exp(logTeacher)
                sum += target * (logTeacher - logStudent)
                dz[c] = share * (exp(logStudent) - target)
            }
            divergence += Double(rows.weights[i]) * Double(sum)
        }
        let weight = Double(scale) * Double(temperature) * Double(temperature)
        return weight * divergence / Double(count)
    }

    /// KL(p || q) of each image, into `result` (N).
    public static func divergences(_ rows: LogitRows, temperature: Float, into result: UnsafeMutablePointer<Float>) {
        let (classes, inverse) = (rows.classes, 1 / temperature)
        for i in 0..<rows.count {
            let (z, t) = (rows.student + i * classes, rows.teacher + i * classes)
            let normalizer = z.logSumExp(classes, inverseTemperature: inverse)
            let teacherNormalizer = t.logSumExp(classes, inverseTemperature: inverse)
            var sum: Float = 0
            for c in 0..<classes {
                let logTeacher = t[c] * inverse - teacherNormalizer
                sum += exp(logTeacher) * (logTeacher - (z[c] * inverse - normalizer))
            }
            // Rounding can leave it a little below.
            result[i] = max(sum, 0)
        }
    }

    /// The gradient of the loss by the temperature:
    /// 2 T KL - Σ (q - p) student - Σ p (log(p / q) - KL) teacher, as the same mean over the batch.
    public static func temperatureGradient(_ rows: LogitRows, temperature: Float) -> Double {
        let (classes, inverse) = (rows.classes, 1 / temperature)
        var total = 0.0
        for i in 0..<rows.count {
            let (z, t) = (rows.student + i * classes, rows.teacher + i * classes)
            let normalizer = z.logSumExp(classes, inverseTemperature: inverse)
            let teacherNormalizer = t.logSumExp(classes, inverseTemperature: inverse)
            var (divergence, studentPart, teacherPart, teacherMean) = (0.0, 0.0, 0.0, 0.0)
            for c in 0..<classes {
                let logStudent = z[c] * inverse - normalizer
                let logTeacher = t[c] * inverse - teacherNormalizer
                let p = Double(exp(logTeacher))
                let ratio = Double(logTeacher - logStudent)
                divergence += p * ratio
                studentPart += (Double(exp(logStudent)) - p) * Double(z[c])
                teacherPart += p * ratio * Double(t[c])
                teacherMean += p * Double(t[c])
            }
            let slope =
                2 * Double(temperature) * divergence - studentPart - (teacherPart - divergence * teacherMean)
            total += Double(rows.weights[i]) * slope
        }
        return total / Double(rows.count)
    }
}
