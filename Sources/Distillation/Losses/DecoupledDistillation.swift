#if canImport(Glibc)
    import Glibc
#endif

/// Decoupled distillation (Zhao, Cui, Song, Qiu and Liang 2022, "Decoupled knowledge distillation"): Hinton's loss
/// taken apart into what is said of the image's class against all others, and what is said of the others among
/// themselves, which Hinton's loss all but drops where the teacher is sure.
///
///     T^2 (targetWeight KL(b || c) + otherWeight KL(p' || q'))
///
/// with b and c the teacher's and the student's probability of the label against the rest, p' and q' their
/// distributions over the other classes alone, all of logits / T; a weighted mean over the batch. The paper's alpha and
/// beta are `targetWeight` (1) and `otherWeight` (8). Of mixed images the label with the larger share counts.
public struct DecoupledDistillation: Sendable {
    public let targetWeight: Float
    public let otherWeight: Float

    /// - Parameters: not negative.
    public init(targetWeight: Double, otherWeight: Double) {
        precondition(targetWeight >= 0 && otherWeight >= 0)
        self.targetWeight = Float(targetWeight)
        self.otherWeight = Float(otherWeight)
    }

    /// The loss times `scale`, and its gradient by the student's logits. With y the label, u the log odds of y:
    ///
    ///     d/dz[y] = scale weight T targetWeight (c - b) / N
    ///     d/dz[j] = scale weight T (otherWeight (q'[j] - p'[j]) - targetWeight (c - b) q'[j]) / N
    ///
    /// since c = sigmoid(u), u = z[y] / T - log Σ exp(z[j] / T) over j other than y.
    ///
    /// - Parameters:
    ///   - rows: of two or more classes.
    ///   - dLogits: N,classes; overwritten.
    public func evaluate(
        _ rows: LogitRows, temperature: Float, scale: Float, dLogits: UnsafeMutablePointer<Float>
    ) -> Double {
        precondition(rows.classes >= 2)
        let (count, classes) = (rows.count, rows.classes)
        let inverse = 1 / temperature
        let factor = scale * temperature / Float(count)
        var total = 0.0
        for i in 0..<count {
            let (z, t, dz) = (rows.student + i * classes, rows.teacher + i * classes, dLogits + i * classes)
            let label = (rows.targets + i * classes).largest(classes)
            let others = z.logSumExp(classes, except: label, inverseTemperature: inverse)
            let teacherOthers = t.logSumExp(classes, except: label, inverseTemperature: inverse)
            let own = Odds(z[label] * inverse - others)
            let teachers = Odds(t[label] * inverse - teacherOthers)
            let share = factor * rows.weights[i]
            let pull = targetWeight * (own.probability - teachers.probability)
            var divergence: Float = 0
            for c in 0..<classes where c != label {
                let logStudent = z[c] * inverse - others
                let logTeacher = t[c] * inverse - teacherOthers
                let (q, p) = (exp(logStudent), exp(logTeacher))
                divergence += p * (logTeacher - logStudent)
                dz[c] = share * (otherWeight * (q - p) - pull * q)
            }
            dz[label] = share * pull
            let loss = targetWeight * teachers.divergence(from: own) + otherWeight * divergence
            total += Double(rows.weights[i]) * Double(loss)
        }
        return Double(scale) * Double(temperature) * Double(temperature) * total / Double(count)
    }
}

/// The probability of one of two, from its log odds, with logarithms that stay exact at both ends.
private struct Odds {
    let probability, complement: Float
    /// Of the probability and of its complement.
    let log, logComplement: Float

    init(_ logOdds: Float) {
        // log(1 + exp(-|u|)), the part of both that is not linear.
        let tail = log1p(exp(-abs(logOdds)))
        log = min(logOdds, 0) - tail
        logComplement = min(-logOdds, 0) - tail
        probability = exp(log)
        complement = exp(logComplement)
    }

    func divergence(from other: Odds) -> Float {
        // 0 log 0 is 0, whatever the other says.
        let first = probability == 0 ? 0 : probability * (log - other.log)
        let second = complement == 0 ? 0 : complement * (logComplement - other.logComplement)
        return first + second
    }
}
