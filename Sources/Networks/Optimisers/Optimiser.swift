import Compute

/// One of the optimisers, and its memory of earlier steps.
public enum Optimiser {
    case sgd(SGD)
    case adamw(AdamW)

    /// What must be kept to go on later with the same results.
    public var state: [ParameterBuffer] {
        switch self {
        case .sgd(let sgd): [sgd.velocity]
        case .adamw(let adamw): [adamw.mean, adamw.variance]
        }
    }

    /// - Parameters:
    ///   - number: of the step, from 1.
    ///   - momentum: of SGD; beta1 of AdamW.
    ///   - scale: what gradients are multiplied with, below 1 where they are clipped.
    public func step(
        _ parameters: ParameterBuffer, _ gradients: ParameterBuffer, number: Int, rate: Double, momentum: Double,
        scale: Float, pool: ThreadPool
    ) {
        switch self {
        case .sgd(let sgd):
            sgd.step(parameters, gradients, rate: rate, momentum: momentum, scale: scale, pool: pool)
        case .adamw(let adamw):
            adamw.step(
                parameters, gradients, number: number, rate: rate, beta1: momentum, scale: scale, pool: pool)
        }
    }
}
