import Compute

#if canImport(Glibc)
    import Glibc
#endif

/// Deep mutual learning (Zhang, Xiang, Hospedales and Lu 2018, "Deep mutual learning"): each of K students learns from the
/// labels and from what the others say,
///
///     CE(targets, student k) + mean over the others l of KL(p[l] || p[k])
///
/// at temperature 1, as a mean over the batch; what the others say is a constant to the gradient. Of an image without a
/// label the first part is 0. The paper's students take turns within a step; here all answer, then all learn, so that
/// none is ahead of another.
public final class MutualLoss {
    /// One of them.
    public struct Student {
        /// N,classes.
        public var logits: UnsafePointer<Float>
        /// N,classes; overwritten.
        public var dLogits: UnsafeMutablePointer<Float>

        public init(logits: UnsafePointer<Float>, dLogits: UnsafeMutablePointer<Float>) {
            self.logits = logits
            self.dLogits = dLogits
        }
    }

    private let students, classes: Int
    /// K,N,classes.
    private let probabilities: FloatBuffer
    /// N,classes: the gradient of the second part.
    private let dSoft: FloatBuffer
    private let maximumBatch: Int

    /// - Parameter students: K, at least 2.
    public init(students: Int, maximumBatch: Int, classes: Int) {
        precondition(students >= 2)
        self.students = students
        self.classes = classes
        self.maximumBatch = maximumBatch
        probabilities = FloatBuffer(count: students * maximumBatch * classes)
        dSoft = FloatBuffer(count: maximumBatch * classes)
    }

    /// The losses, and their gradients: (p[k] Σ targets - targets + p[k] - mean of the others' p) / N.
    ///
    /// - Parameter targets: N,classes; a row sums to 1, or less where a part has no label.
    /// - Returns: of each student.
    public func evaluate(
        _ all: [Student], targets: UnsafePointer<Float>, count: Int
    ) -> [DistillationLoss.Result] {
        precondition(all.count == students && count <= maximumBatch)
        let size = maximumBatch * classes
        for (k, student) in all.enumerated() {
            for i in 0..<count {
                (student.logits + i * classes)
                    .softmax(classes, inverseTemperature: 1, into: probabilities.base + k * size + i * classes)
            }
        }
        return all.indices.map { k in
            let student = all[k]
            var batch = CrossEntropy.evaluate(
                student.logits, targets: targets, dLogits: student.dLogits, count: count, classes: classes)
            let hard = batch.loss
            let soft = divergence(from: k, all, count: count)
            let cosine = DistillationLoss.cosine(student.dLogits, dSoft.base, count * classes)
            for j in 0..<count * classes { student.dLogits[j] += dSoft.base[j] }
            batch.loss = hard + soft
            return DistillationLoss.Result(batch: batch, hard: hard, soft: soft, cosine: cosine)
        }
    }

    /// The second part, with its gradient in `dSoft`.
    private func divergence(from k: Int, _ all: [Student], count: Int) -> Double {
        let size = maximumBatch * classes
        let share = 1 / Float(count * (students - 1))
        var sum = 0.0
        dSoft.base.update(repeating: 0, count: count * classes)
        for i in 0..<count {
            let own = all[k].logits + i * classes
            let normalizer = own.logSumExp(classes)
            let (p, slope) = (probabilities.base + k * size + i * classes, dSoft.base + i * classes)
            for l in all.indices where l != k {
                let other = all[l].logits + i * classes
                let otherNormalizer = other.logSumExp(classes)
                let q = probabilities.base + l * size + i * classes
                for c in 0..<classes {
                    // 0 log 0 is 0, whatever the other says.
                    if q[c] > 0 { sum += Double(q[c] * (other[c] - otherNormalizer - own[c] + normalizer)) }
                    slope[c] += share * (p[c] - q[c])
                }
            }
        }
        return sum * Double(share)
    }
}
