import Compute

/// Stochastic gradient descent with Nesterov's momentum, as `torch.optim.SGD(nesterov=True)`:
///
///     g = scale * gradient + decay * w
///     v = momentum * v + g
///     w = w - rate * (g + momentum * v)
///
/// Sutskever et al. 2013, "On the importance of initialization and momentum in deep learning". The velocity begins at
/// zero, which makes the first step that of PyTorch.
public final class SGD {
    /// v, laid out as the parameters.
    public let velocity: ParameterBuffer
    private let layout: ParameterSpans
    private let decay: Float

    /// - Parameter weightDecay: for parameters whose role decays: weights, not norms and biases.
    public init(_ graph: Graph, weightDecay: Double) {
        velocity = ParameterBuffer(count: graph.storageCount)
        layout = ParameterSpans(graph)
        decay = Float(weightDecay)
    }

    /// - Parameters:
    ///   - rate: the learning rate of this step.
    ///   - scale: what gradients are multiplied with, below 1 where they are clipped.
    public func step(
        _ parameters: ParameterBuffer, _ gradients: ParameterBuffer, rate: Double, momentum: Double, scale: Float,
        pool: ThreadPool
    ) {
        precondition(parameters.count == velocity.count && gradients.count == velocity.count)
        let (w, dw, v) = (parameters.base, gradients.base, velocity.base)
        let (rate, momentum, decay) = (Float(rate), Float(momentum), decay)
        pool.run(layout) { span in
            Self.update(
                w + span.offset, dw + span.offset, v + span.offset, span.count, rate: rate, momentum: momentum,
                decay: span.decays ? decay : 0, scale: scale)
        }
    }

    private static func update(
        _ w: UnsafeMutablePointer<Float>, _ dw: UnsafePointer<Float>, _ v: UnsafeMutablePointer<Float>, _ count: Int,
        rate: Float, momentum: Float, decay: Float, scale: Float
    ) {
        for i in 0..<count {
            let g = scale * dw[i] + decay * w[i]
            let velocity = momentum * v[i] + g
            v[i] = velocity
            w[i] -= rate * (g + momentum * velocity)
        }
    }
}
