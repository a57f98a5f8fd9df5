/// The class distribution that a batch of logits is compared with.
public enum SoftTargets {
    /// Fills `targets` (N,classes) from labels, with label smoothing and mixup.
    ///
    /// A label of -1 adds nothing: the row of an image without one is zero, and that of a mixed image sums to the part
    /// that has one.
    ///
    /// Image i is `shares[i]` of its own label and the rest of that of image N-1-i, as `Augmenter.mix` pairs them.
    /// With smoothing s (Szegedy et al. 2016) every label is 1 - s of itself and s / classes of every class, as
    /// PyTorch's `label_smoothing`.
    ///
    /// - Parameters:
    ///   - labels: of every image of the dataset.
    ///   - samples: N indices into `labels`.
    ///   - shares: N, in 0...1.
    public static func fill(
        _ targets: UnsafeMutablePointer<Float>, labels: UnsafePointer<Int32>, samples: UnsafePointer<Int32>,
        shares: UnsafePointer<Float>, count: Int, classes: Int, smoothing: Float
    ) {
        for i in 0..<count {
            let row = targets + i * classes
            let own = Int(labels[Int(samples[i])])
            let other = Int(labels[Int(samples[count - 1 - i])])
            let known = own >= 0 && other >= 0 ? 1 : (own >= 0 ? shares[i] : 0) + (other >= 0 ? 1 - shares[i] : 0)
            row.update(repeating: known * (smoothing / Float(classes)), count: classes)
            if own >= 0 { row[own] += (1 - smoothing) * shares[i] }
            if other >= 0 { row[other] += (1 - smoothing) * (1 - shares[i]) }
        }
    }
}
