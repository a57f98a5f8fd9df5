/// (value / 255 - mean) / std of every byte, for each channel: a look-up is faster than the arithmetic.
package final class NormalizationTable: Sendable {
    /// C,256.
    nonisolated(unsafe) let values: UnsafePointer<Float>
    /// Normalised = value / 255 * factor + offset, for values between bytes; C each.
    let factors, offsets: [Float]
    let channels: Int

    package init(mean: [Float], std: [Float]) {
        channels = mean.count
        let values = UnsafeMutablePointer<Float>.allocate(capacity: 256 * channels)
        for c in 0..<channels {
            for byte in 0..<256 { values[c * 256 + byte] = (Float(byte) / 255 - mean[c]) / std[c] }
        }
        self.values = UnsafePointer(values)
        factors = std.map { 1 / $0 }
        offsets = zip(mean, std).map { -$0 / $1 }
    }

    deinit { UnsafeMutablePointer(mutating: values).deallocate() }
}
