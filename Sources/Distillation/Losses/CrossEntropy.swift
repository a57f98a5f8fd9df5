#if canImport(Glibc)
    import Glibc
#endif

/// Cross entropy of a distribution over the classes: -Σ target log softmax(logits), mean over the batch.
public enum CrossEntropy {
    /// The loss, and its gradient: (softmax(logits) Σ target - target) / N.
    ///
    /// - Parameters:
    ///   - logits, targets, dLogits: N,classes; a row of targets sums to 1.
    ///   - rowLosses: N; gets the loss of each image.
    public static func evaluate(
        _ logits: UnsafePointer<Float>, targets: UnsafePointer<Float>, dLogits: UnsafeMutablePointer<Float>,
        count: Int, classes: Int, rowLosses: UnsafeMutablePointer<Float>? = nil
    ) -> BatchLoss {
        var result = BatchLoss(loss: 0, right: 0)
        let share = 1 / Float(count)
        for i in 0..<count {
            let (z, t, dz) = (logits + i * classes, targets + i * classes, dLogits + i * classes)
            let normalizer = z.logSumExp(classes)
            var loss: Float = 0
            for c in 0..<classes {
                let logProbability = z[c] - normalizer
                loss -= t[c] * logProbability
                dz[c] = share * (exp(logProbability) - t[c])
            }
            result.loss += Double(loss)
            if let rowLosses { rowLosses[i] = loss }
            if z.largest(classes) == t.largest(classes) { result.right += 1 }
        }
        result.loss /= Double(count)
        return result
    }
}
