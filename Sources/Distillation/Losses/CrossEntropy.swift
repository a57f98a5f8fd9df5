#if canImport(Glibc)
    import Glibc
#endif

/// Cross entropy of a distribution over the classes: -Σ target log softmax(logits), mean over the batch.
public enum CrossEntropy {
    /// The loss, and its gradient: (softmax(logits) Σ target - target) / N.
    ///
    /// - Parameters:
    ///   - logits, targets, dLogits: N,classes; a row of targets sums to 1, or less where a part has no label.
    ///   - rowLosses: N; gets the loss of each image.
    public static func evaluate(
        _ logits: UnsafePointer<Float>, targets: UnsafePointer<Float>, dLogits: UnsafeMutablePointer<Float>,
        count: Int, classes: Int, rowLosses: UnsafeMutablePointer<Float>? = nil
    ) -> BatchLoss {
        var result = BatchLoss(loss: 0, right: 0, labelled: 0)
        let share = 1 / Float(count)
        for i in 0..<count {
            let (z, t, dz) = (logits + i * classes, targets + i * classes, dLogits + i * classes)
            let normalizer = z.logSumExp(classes)
            let known = t.labelled(classes)
            var loss: Float = 0
            for c in 0..<classes {
                let logProbability = z[c] - normalizer
                loss -= t[c] * logProbability
                dz[c] = share * (known * exp(logProbability) - t[c])
            }
            result.loss += Double(loss)
            if let rowLosses { rowLosses[i] = loss }
            guard known > 0 else { continue }
            result.labelled += 1
            if z.largest(classes) == t.largest(classes) { result.right += 1 }
        }
        result.loss /= Double(count)
        return result
    }
}

extension UnsafePointer<Float> {
    /// How much of an image has a label: the sum of its row of targets, 1 but for rounding where all of it has; 0: it
    /// has none.
    func labelled(_ classes: Int) -> Float {
        var sum: Float = 0
        for c in 0..<classes { sum += self[c] }
        return sum > 0.9999 ? 1 : sum
    }
}
