import Compute
import Manifests

/// The loss of a student that has labels and a teacher. Of image i:
///
///     (1 - alpha trust[i]) CE(targets, student) + alpha trust[i] gap[i] soft(teacher, student)
///
/// as a mean over the batch; of an image without a label the first part is 0. `trust` is how much of the teachers' word counts for this image (1 where nothing speaks
/// against them); what they lose the label gains. `gap` is 1, or, with `weightByGap`, larger for images on which the
/// student is far from the teacher: with d the divergence KL(teacher || student) of an image and m their mean,
/// d / (d + m), scaled to a mean of 1. It bounds the weight of any one image, and has no gradient of its own.
///
/// All memory is made at `init`.
public final class DistillationLoss {
    private let method: SoftLoss
    private let standardizes, weighsByGap: Bool
    private let classes: Int
    private let maximumBatch: Int
    /// N,classes: the gradient of the soft term.
    private let dSoft: FloatBuffer
    /// N.
    private let rowLosses, weights, deviations: FloatBuffer
    /// N,classes: the student's logits as z-scores.
    private let scores: FloatBuffer
    private let scratch: FloatBuffer

    /// What a batch came to.
    public struct Result: Sendable {
        public var batch: BatchLoss
        /// Mean cross entropy with the targets.
        public var hard: Double
        /// The soft term, without alpha.
        public var soft: Double
        /// Of the angle between the soft term's gradient by the logits and the labels', -1...1; 0 where one of them
        /// vanishes.
        public var cosine: Double
    }

    public init(_ spec: DistillationSpec, maximumBatch: Int, classes: Int) {
        method = SoftLoss(spec)
        standardizes = spec.standardize
        weighsByGap = spec.weightByGap
        self.classes = classes
        self.maximumBatch = maximumBatch
        let values = maximumBatch * classes
        dSoft = FloatBuffer(count: values)
        rowLosses = FloatBuffer(count: maximumBatch)
        weights = FloatBuffer(count: maximumBatch)
        deviations = FloatBuffer(count: maximumBatch)
        scores = FloatBuffer(count: standardizes ? values : 0)
        scratch = FloatBuffer(count: method.scratchCount(count: maximumBatch, classes: classes))
    }

    /// - Parameters:
    ///   - logits, targets, dLogits: N,classes; a row of targets sums to 1, or less where a part has no label.
    ///   - guides: N,classes: the largest is what a soft term that needs a label takes for it; `nil`: `targets`.
    ///   - teacher: N,classes; as z-scores where the specification says `standardize`.
    ///   - trust: N, in 0...1; `nil`: all 1.
    ///   - alpha: weight of the soft term; at 0 it is only measured.
    ///   - temperature: T, above 0.
    public func evaluate(
        _ logits: UnsafePointer<Float>, teacher: UnsafePointer<Float>, trust: UnsafePointer<Float>? = nil,
        targets: UnsafePointer<Float>, guides: UnsafePointer<Float>? = nil, dLogits: UnsafeMutablePointer<Float>,
        count: Int, alpha: Float, temperature: Float
    ) -> Result {
        precondition(count <= maximumBatch && temperature > 0 && (0...1).contains(alpha))
        var batch = CrossEntropy.evaluate(
            logits, targets: targets, dLogits: dLogits, count: count, classes: classes, rowLosses: rowLosses.base)
        let rows = makeRows(
            logits, teacher: teacher, trust: trust, targets: guides ?? targets, count: count, temperature)
        let scale = alpha > 0 ? alpha : 1
        let soft = method.evaluate(
            rows, temperature: temperature, scale: scale, dLogits: dSoft.base, scratch: scratch.base)
        if standardizes {
            LogitStandardization.backward(
                scores.base, deviations: deviations.base, gradient: dSoft.base, count: count, classes: classes)
        }
        let hard = batch.loss
        let cosine = Self.cosine(dLogits, dSoft.base, count * classes)
        if alpha > 0 {
            batch.loss = add(dLogits, hard: hard, soft: soft, trust: trust, count: count, alpha: alpha)
        }
        return Result(batch: batch, hard: hard, soft: soft / Double(scale), cosine: cosine)
    }

    /// The gradient of the loss by the temperature, for the batch of the last `evaluate`, with a soft term of `kd`.
    public func temperatureGradient(
        _ logits: UnsafePointer<Float>, teacher: UnsafePointer<Float>, targets: UnsafePointer<Float>, count: Int,
        alpha: Float, temperature: Float
    ) -> Double {
        guard case .kd = method else { preconditionFailure("the temperature is learned with kd alone") }
        let rows = LogitRows(
            student: standardizes ? UnsafePointer(scores.base) : logits, teacher: teacher, targets: targets,
            weights: weights.base, count: count, classes: classes)
        return Double(alpha) * KnowledgeDistillation.temperatureGradient(rows, temperature: temperature)
    }

    private func makeRows(
        _ logits: UnsafePointer<Float>, teacher: UnsafePointer<Float>, trust: UnsafePointer<Float>?,
        targets: UnsafePointer<Float>, count: Int, _ temperature: Float
    ) -> LogitRows {
        var student = logits
        if standardizes {
            LogitStandardization.forward(
                logits, into: scores.base, deviations: deviations.base, count: count, classes: classes)
            student = UnsafePointer(scores.base)
        }
        let rows = LogitRows(
            student: student, teacher: teacher, targets: targets, weights: weights.base, count: count, classes: classes)
        let weights = weights.base
        weights.update(repeating: 1, count: count)
        if weighsByGap {
            KnowledgeDistillation.divergences(rows, temperature: temperature, into: weights)
            Self.weigh(weights, count)
        }
        if let trust { for i in 0..<count { weights[i] *= trust[i] } }
        return rows
    }

    /// Divergences into weights of mean 1.
    private static func weigh(_ gaps: UnsafeMutablePointer<Float>, _ count: Int) {
        var mean = 0.0
        for i in 0..<count { mean += Double(gaps[i]) / Double(count) }
        // A student that says just what its teacher says, or a number that is none: nothing to tell images apart by.
        guard mean > 0, mean.isFinite else { return gaps.update(repeating: 1, count: count) }
        var sum = 0.0
        for i in 0..<count {
            gaps[i] = Float(Double(gaps[i]) / (Double(gaps[i]) + mean))
            sum += Double(gaps[i])
        }
        let scale = Float(Double(count) / sum)
        for i in 0..<count { gaps[i] *= scale }
    }

    /// Adds the soft term's gradient, already scaled, to the labels' gradient.
    private func add(
        _ dLogits: UnsafeMutablePointer<Float>, hard: Double, soft: Double, trust: UnsafePointer<Float>?, count: Int,
        alpha: Float
    ) -> Double {
        let dSoft = dSoft.base
        guard let trust else {
            let share = 1 - alpha
            for j in 0..<count * classes { dLogits[j] = share * dLogits[j] + dSoft[j] }
            return Double(share) * hard + soft
        }
        var sum = 0.0
        for i in 0..<count {
            let share = 1 - alpha * trust[i]
            let (dz, ds) = (dLogits + i * classes, dSoft + i * classes)
            for c in 0..<classes { dz[c] = share * dz[c] + ds[c] }
            sum += Double(share) * Double(rowLosses.base[i])
        }
        return sum / Double(count) + soft
    }

    static func cosine(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ count: Int) -> Double {
        var (product, squaresA, squaresB) = (0.0, 0.0, 0.0)
        for i in 0..<count {
            let (x, y) = (Double(a[i]), Double(b[i]))
            product += x * y
            squaresA += x * x
            squaresB += y * y
        }
        let norms = (squaresA * squaresB).squareRoot()
        return norms > 0 && norms.isFinite ? product / norms : 0
    }
}
