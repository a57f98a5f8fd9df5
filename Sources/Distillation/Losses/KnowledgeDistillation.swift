#if canImport(Glibc)
    import Glibc
#endif

/// Distillation of logits (Hinton, Vinyals and Dean 2015, "Distilling the knowledge in a neural network"):
///
///     (1 - alpha) CE(targets, student) + alpha T^2 KL(softmax(teacher / T) || softmax(student / T))
///
/// as a mean over the batch. T^2 makes up for the gradients of the soft term, which shrink as 1 / T^2.
public struct KnowledgeDistillation: Sendable {
    public let temperature: Float
    public let alpha: Float

    /// - Parameters:
    ///   - temperature: T, above 0.
    ///   - alpha: weight of the soft term, 0...1.
    public init(temperature: Double, alpha: Double) {
        precondition(temperature > 0 && (0...1).contains(alpha))
        self.temperature = Float(temperature)
        self.alpha = Float(alpha)
    }

    /// The loss, and its gradient by the student's logits:
    /// ((1 - alpha) (softmax(z) - target) + alpha T (softmax(z / T) - softmax(teacher / T))) / N.
    ///
    /// - Parameters:
    ///   - logits, teacher, targets, dLogits: N,classes; a row of targets sums to 1.
    public func evaluate(
        _ logits: UnsafePointer<Float>, teacher: UnsafePointer<Float>, targets: UnsafePointer<Float>,
        dLogits: UnsafeMutablePointer<Float>, count: Int, classes: Int
    ) -> BatchLoss {
        var result = CrossEntropy.evaluate(
            logits, targets: targets, dLogits: dLogits, count: count, classes: classes)
        let (inverse, hard) = (1 / temperature, 1 - alpha)
        let soft = alpha * temperature / Float(count)
        var divergence = 0.0
        for i in 0..<count {
            let (z, t, dz) = (logits + i * classes, teacher + i * classes, dLogits + i * classes)
            let normalizer = z.logSumExp(classes, inverseTemperature: inverse)
            let teacherNormalizer = t.logSumExp(classes, inverseTemperature: inverse)
            var sum: Float = 0
            for c in 0..<classes {
                let logStudent = z[c] * inverse - normalizer
                let logTeacher = t[c] * inverse - teacherNormalizer
                let target = exp(logTeacher)
                sum += target * (logTeacher - logStudent)
                dz[c] = hard * dz[c] + soft * (exp(logStudent) - target)
            }
            divergence += Double(sum)
        }
        let weight = Double(alpha) * Double(temperature) * Double(temperature)
        result.loss = Double(hard) * result.loss + weight * divergence / Double(count)
        return result
    }
}
