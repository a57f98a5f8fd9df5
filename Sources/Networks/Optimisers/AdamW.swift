import Compute

#if canImport(Glibc)
    import Glibc
#endif

/// Adam with decoupled weight decay (Loshchilov and Hutter 2019), as `torch.optim.AdamW`; t counts steps from 1:
///
///     w = w - rate * decay * w
///     m = m + (1 - beta1) * (g - m)
///     v = beta2 * v + (1 - beta2) * g^2
///     w = w - rate / (1 - beta1^t) * m / (√v / √(1 - beta2^t) + epsilon)
public final class AdamW {
    public static let beta2 = 0.999
    public static let epsilon: Float = 1e-8

    /// m, laid out as the parameters.
    public let mean: ParameterBuffer
    /// v, laid out as the parameters.
    public let variance: ParameterBuffer
    private let layout: ParameterSpans
    private let weightDecay: Double

    /// - Parameter weightDecay: for parameters whose role decays: weights, not norms and biases.
    public init(_ graph: Graph, weightDecay: Double) {
        mean = ParameterBuffer(count: graph.storageCount)
        variance = ParameterBuffer(count: graph.storageCount)
        layout = ParameterSpans(graph)
        self.weightDecay = weightDecay
    }

    /// - Parameters:
    ///   - number: of the step, from 1.
    ///   - rate: the learning rate of this step.
    ///   - scale: what gradients are multiplied with, below 1 where they are clipped.
    public func step(
        _ parameters: ParameterBuffer, _ gradients: ParameterBuffer, number: Int, rate: Double, beta1: Double,
        scale: Float, pool: ThreadPool
    ) {
        precondition(parameters.count == mean.count && gradients.count == mean.count && number >= 1)
        let (w, dw, m, v) = (parameters.base, gradients.base, mean.base, variance.base)
        let factors = Factors(
            keep: Float(1 - rate * weightDecay), takeMean: Float(1 - beta1), keepVariance: Float(Self.beta2),
            takeVariance: Float(1 - Self.beta2), rate: Float(rate / (1 - pow(beta1, Double(number)))),
            root: Float((1 - pow(Self.beta2, Double(number))).squareRoot()), scale: scale)
        pool.run(layout) { span in
            var own = factors
            if !span.decays { own.keep = 1 }
            Self.update(w + span.offset, dw + span.offset, m + span.offset, v + span.offset, span.count, own)
        }
    }

    private struct Factors {
        var keep, takeMean, keepVariance, takeVariance, rate, root, scale: Float
    }

    private static func update(
        _ w: UnsafeMutablePointer<Float>, _ dw: UnsafePointer<Float>, _ m: UnsafeMutablePointer<Float>,
        _ v: UnsafeMutablePointer<Float>, _ count: Int, _ factors: Factors
    ) {
        for i in 0..<count {
            let g = factors.scale * dw[i]
            let mean = m[i] + factors.takeMean * (g - m[i])
            let variance = factors.keepVariance * v[i] + factors.takeVariance * g * g
            m[i] = mean
            v[i] = variance
            w[i] = factors.keep * w[i] - factors.rate * mean / (variance.squareRoot() / factors.root + epsilon)
        }
    }
}
