import Compute
import Manifests

#if canImport(Glibc)
    import Glibc
#endif

/// Makes one teacher of several, image by image, and keeps them from teaching what they have wrong.
///
/// Teacher k has for image i of label y the weight
///
///     v[k] = relative[k] / Σ relative · classWeights[k][y] · (1 - confidence in a wrong class, with `discount`)
///     relative[k] = weight[k] ·
///         1                                                     `mean` and `classes`
///         (1 - softmax over teachers of CE[k]) / (K - 1)        `confidence`: CA-MKD (Zhang, Chen and Wang 2022,
///                                                               "Confidence-aware multi-teacher knowledge distillation")
///         exp(-entropy[k])                                      `entropy`: after Kwon, Na, Lee and Kim 2020, "Adaptive
///                                                               knowledge distillation based on entropy"
///
/// with CE and entropy in nats at temperature 1. The image's trust is Σ v, and what is taught is the mixture
/// m = Σ v[k] softmax(logits[k] / T) / Σ v: Σ v[k] KL(p[k] || q) has the same gradient as Σ v · KL(m || q). It is given
/// as logits T log m, so that every loss takes it as a teacher's.
///
/// A teacher is wrong about an image where its highest logit is not at the label, nor at the other label of a mixed
/// image with at least half the share. `swap` exchanges that logit with the label's, which keeps everything else it
/// says (probability shift: Wen, Lai and Qian 2021, "Preparing lessons: improve knowledge distillation with better
/// supervision").
public final class TeacherMixture {
    private let teachers: Int
    private let classes: Int
    private let combine: DistillationSpec.Combination
    private let revise: DistillationSpec.Revision
    private let standardizes: Bool
    private let hasClassWeights: Bool
    /// K.
    private let weights, relative, measures: FloatBuffer
    /// K,classes.
    private let classWeights: FloatBuffer
    /// classes.
    private let probabilities: FloatBuffer
    /// N.
    private let deviations: FloatBuffer

    /// - Parameters:
    ///   - teachers: at least one; only their weights are looked at.
    public init(_ teachers: [Teacher], _ spec: DistillationSpec, maximumBatch: Int, classes: Int) {
        precondition(!teachers.isEmpty)
        self.teachers = teachers.count
        self.classes = classes
        combine = spec.combine
        revise = spec.revise
        standardizes = spec.standardize
        hasClassWeights = teachers.contains { $0.classWeights != nil }
        weights = FloatBuffer(count: teachers.count)
        relative = FloatBuffer(count: teachers.count)
        measures = FloatBuffer(count: teachers.count)
        classWeights = FloatBuffer(count: teachers.count * classes)
        probabilities = FloatBuffer(count: classes)
        deviations = FloatBuffer(count: maximumBatch)
        for (k, teacher) in teachers.enumerated() {
            weights.base[k] = Float(teacher.weight)
            for c in 0..<classes { classWeights.base[k * classes + c] = teacher.classWeights?[c] ?? 1 }
        }
    }

    /// Whether images differ in how far the teachers are trusted.
    public var weighsImages: Bool { hasClassWeights || revise == .discount }

    /// - Parameters:
    ///   - logits: K,N,classes in the student's order of classes, each teacher's rows `stride` floats behind the one
    ///     before; revised and standardised in place.
    ///   - targets: N,classes.
    ///   - mixed: N,classes; gets the mixture; of one teacher, may be its rows.
    ///   - trust: N.
    /// - Returns: how many answers were wrong, of K N.
    public func mix(
        _ logits: UnsafeMutablePointer<Float>, stride: Int, targets: UnsafePointer<Float>, count: Int,
        temperature: Float, into mixed: UnsafeMutablePointer<Float>, trust: UnsafeMutablePointer<Float>
    ) -> Int {
        var wrong = 0
        // Weights first, from what the teachers say of themselves; then their rows are only mixed.
        let share = 1 / Float(teachers)
        for i in 0..<count {
            let target = targets + i * classes
            let label = target.largest(classes)
            weigh(logits + i * classes, stride: stride, label: label)
            var total: Float = 0
            for k in 0..<teachers { total += relative.base[k] }
            trust[i] = 0
            for k in 0..<teachers {
                // Weights that all vanish say nothing, least of all that there is no teacher.
                var weight = total > 0 ? relative.base[k] / total : share
                weight *= classWeights.base[k * classes + label]
                let row = logits + k * stride + i * classes
                let top = UnsafePointer(row).largest(classes)
                if Self.isWrong(top, target: target, label: label) {
                    wrong += 1
                    weight *= correct(row, top: top, label: label)
                }
                relative.base[k] = weight
                trust[i] += weight
            }
            if standardizes {
                for k in 0..<teachers {
                    let row = logits + k * stride + i * classes
                    LogitStandardization.forward(
                        row, into: row, deviations: deviations.base + i, count: 1, classes: classes)
                }
            }
            blend(logits + i * classes, stride: stride, temperature, trust: trust[i], into: mixed + i * classes)
        }
        return wrong
    }

    /// What images are taken for where they have no label: the class with the largest Σ weight · classWeight · probability
    /// over the teachers. Such a row is 1 there and a half elsewhere, so that no teacher counts as wrong about it.
    ///
    /// - Parameters:
    ///   - logits: as for `mix`, before it.
    ///   - targets: N,classes; a row without a label is zero.
    ///   - filled: N,classes.
    /// - Returns: `targets` where all have a label, else `filled`.
    func guides(
        _ logits: UnsafePointer<Float>, stride: Int, targets: UnsafePointer<Float>, count: Int,
        into filled: UnsafeMutablePointer<Float>
    ) -> UnsafePointer<Float> {
        guard (0..<count).contains(where: { (targets + $0 * classes).labelled(classes) == 0 }) else { return targets }
        filled.update(from: targets, count: count * classes)
        for i in 0..<count where (targets + i * classes).labelled(classes) == 0 {
            let row = filled + i * classes
            for k in 0..<teachers {
                (logits + k * stride + i * classes)
                    .softmax(classes, inverseTemperature: 1, into: probabilities.base)
                for c in 0..<classes {
                    row[c] += weights.base[k] * classWeights.base[k * classes + c] * probabilities.base[c]
                }
            }
            let top = UnsafePointer(row).largest(classes)
            row.update(repeating: 0.5, count: classes)
            row[top] = 1
        }
        return UnsafePointer(filled)
    }

    private static func isWrong(_ top: Int, target: UnsafePointer<Float>, label: Int) -> Bool {
        top != label && target[top] < target[label] / 2
    }

    /// How many rows are wrong.
    static func wrongAnswers(
        _ logits: UnsafePointer<Float>, targets: UnsafePointer<Float>, count: Int, classes: Int
    ) -> Int {
        var wrong = 0
        for i in 0..<count {
            let target = targets + i * classes
            let top = (logits + i * classes).largest(classes)
            if isWrong(top, target: target, label: target.largest(classes)) { wrong += 1 }
        }
        return wrong
    }

    /// Fills `relative` for an image.
    private func weigh(_ rows: UnsafePointer<Float>, stride: Int, label: Int) {
        let (relative, measures) = (relative.base, measures.base)
        relative.update(from: weights.base, count: teachers)
        guard teachers > 1 else { return }
        switch combine {
        case .mean, .classes: return
        case .confidence:
            for k in 0..<teachers {
                let row = rows + k * stride
                measures[k] = row.logSumExp(classes) - row[label]
            }
            let normalizer = UnsafePointer(measures).logSumExp(teachers)
            for k in 0..<teachers {
                relative[k] *= (1 - exp(measures[k] - normalizer)) / Float(teachers - 1)
            }
        case .entropy:
            for k in 0..<teachers { relative[k] *= exp(-entropy(rows + k * stride)) }
        }
    }

    private func entropy(_ row: UnsafePointer<Float>) -> Float {
        let normalizer = row.logSumExp(classes)
        var entropy: Float = 0
        for c in 0..<classes {
            let logProbability = row[c] - normalizer
            let probability = exp(logProbability)
            if probability > 0 { entropy -= probability * logProbability }
        }
        return entropy
    }

    /// - Returns: how much the teacher still counts.
    private func correct(_ row: UnsafeMutablePointer<Float>, top: Int, label: Int) -> Float {
        switch revise {
        case .none: return 1
        case .swap:
            let highest = row[top]
            row[top] = row[label]
            row[label] = highest
            return 1
        case .discount: return 1 - exp(row[top] - UnsafePointer(row).logSumExp(classes))
        }
    }

    private func blend(
        _ rows: UnsafePointer<Float>, stride: Int, _ temperature: Float, trust: Float,
        into mixed: UnsafeMutablePointer<Float>
    ) {
        guard teachers > 1 else { return mixed.update(from: rows, count: classes) }
        // Nobody to listen to: the weight of this row is 0, and its values need only be numbers.
        guard trust > 0 else { return mixed.update(repeating: 0, count: classes) }
        let probabilities = probabilities.base
        mixed.update(repeating: 0, count: classes)
        for k in 0..<teachers where relative.base[k] > 0 {
            (rows + k * stride).softmax(classes, inverseTemperature: 1 / temperature, into: probabilities)
            let weight = relative.base[k] / trust
            for c in 0..<classes { mixed[c] += weight * probabilities[c] }
        }
        for c in 0..<classes { mixed[c] = temperature * log(max(mixed[c], Float.leastNormalMagnitude)) }
    }
}
