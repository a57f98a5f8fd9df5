import Compute

#if canImport(Glibc)
    import Glibc
#endif

/// The batch norm (and activation) of one value in training: statistics of the batch, and the coefficients with which
/// kernels apply it forward and backward on the way. An identity norm stands for an activation alone.
///
/// Ioffe and Szegedy 2015; running statistics as PyTorch: momentum 0.1, the running variance unbiased.
final class Norm {
    let channels: Int
    /// Floats from the sums to the second half (squares, products) of a part.
    let half: Int
    let isIdentity: Bool

    // Per channel: forward z = scale y + shift; backward dy = p dz + q y + r.
    let scale, shift, mean, inverse, p, q, r: FloatBuffer
    /// Sums of each task or chunk, 2 * half floats each.
    let parts: FloatBuffer

    private let epsilon: Float
    private let parameters: Parameters?

    /// Where a batch norm's values and gradients lie.
    struct Parameters {
        let scale, shift, runningMean, runningVariance: UnsafeMutablePointer<Float>
        let dScale, dShift: UnsafeMutablePointer<Float>
    }

    private static let momentum = 0.1

    /// - Parameter parameters: `nil` for an identity norm.
    init(channels: Int, parts count: Int, epsilon: Float, parameters: Parameters?, kernels: Kernels) {
        self.channels = channels
        self.epsilon = epsilon
        self.parameters = parameters
        isIdentity = parameters == nil
        half = kernels.padded(channels)
        scale = FloatBuffer(count: channels)
        shift = FloatBuffer(count: channels)
        mean = FloatBuffer(count: channels)
        inverse = FloatBuffer(count: channels)
        p = FloatBuffer(count: channels)
        q = FloatBuffer(count: channels)
        r = FloatBuffer(count: channels)
        parts = FloatBuffer(count: isIdentity ? 0 : count * 2 * half)
        if isIdentity {
            for c in 0..<channels {
                scale.base[c] = 1
                p.base[c] = 1
            }
        }
    }

    func part(_ index: Int) -> UnsafeMutablePointer<Float> { parts.base + index * 2 * half }

    func clearPart(_ index: Int) { part(index).update(repeating: 0, count: 2 * half) }

    /// From sums and sums of squares of `tasks` parts, whose second half begins at `half`, over `values` a channel.
    func finishForward(tasks: Int, half: Int, values: Int) {
        guard let parameters else { return }
        let total = Double(values)
        for c in 0..<channels {
            var sum = 0.0
            var squares = 0.0
            for task in 0..<tasks {
                sum += Double(part(task)[c])
                squares += Double(part(task)[half + c])
            }
            let average = sum / total
            let variance = max(squares / total - average * average, 0)
            let inverted = 1 / (variance + Double(epsilon)).squareRoot()
            mean.base[c] = Float(average)
            inverse.base[c] = Float(inverted)
            let factor = Double(parameters.scale[c]) * inverted
            scale.base[c] = Float(factor)
            shift.base[c] = Float(Double(parameters.shift[c]) - average * factor)
            let unbiased = variance * total / max(total - 1, 1)
            parameters.runningMean[c] += Float(Self.momentum) * (Float(average) - parameters.runningMean[c])
            parameters.runningVariance[c] += Float(Self.momentum) * (Float(unbiased) - parameters.runningVariance[c])
        }
    }

    /// From the sums of dz and dz (y - mean) of `chunks` parts: the parameters' gradients, and p, q, r.
    func finishBackward(chunks: Int, half: Int, values: Int) {
        guard let parameters else { return }
        let total = Double(values)
        for c in 0..<channels {
            var sum = 0.0
            var product = 0.0
            for chunk in 0..<chunks {
                sum += Double(part(chunk)[c])
                product += Double(part(chunk)[half + c])
            }
            let inverted = Double(inverse.base[c])
            parameters.dShift[c] = Float(sum)
            parameters.dScale[c] = Float(product * inverted)
            let factor = Double(parameters.scale[c]) * inverted
            let slope = -factor * inverted * inverted * product / total
            p.base[c] = Float(factor)
            q.base[c] = Float(slope)
            r.base[c] = Float(-factor * sum / total - slope * Double(mean.base[c]))
        }
    }
}
