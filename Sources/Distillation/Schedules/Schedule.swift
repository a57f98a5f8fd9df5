import Manifests

#if canImport(Glibc)
    import Glibc
#endif

/// Learning rate and momentum as a function of the step alone, so that a resumed training goes on where it was.
public struct Schedule: Sendable {
    private let kind: TrainingSpec.Schedule
    private let peak, momentum, warmup: Double
    private let steps: Int

    /// - Parameter steps: of the whole training, at least 1.
    public init(_ spec: TrainingSpec, steps: Int) {
        precondition(steps >= 1)
        kind = spec.schedule
        peak = spec.learningRate
        momentum = spec.momentum
        warmup = spec.warmup
        self.steps = steps
    }

    /// The learning rate of a step in 0..<steps.
    ///
    /// Rises to the peak in the first `warmup` of the steps. Then `cosine` falls to 0 along half a cosine (Loshchilov
    /// and Hutter 2017, without restarts), `step` is a tenth from half of all steps on and a hundredth from three
    /// quarters on (He et al. 2016, section 4.2), and `constant` stays.
    public func rate(_ step: Int) -> Double {
        // The only step of a training is neither rise nor fall.
        guard steps > 1 else { return peak }
        if kind == .onecycle { return oneCycle(step, low: peak / 25, high: peak, end: peak / 25 / 1e4) }
        let rising = (warmup * Double(steps)).rounded()
        if Double(step) < rising { return peak * Double(step + 1) / rising }
        switch kind {
        case .cosine: return between(peak, 0, (Double(step) - rising) / (Double(steps) - rising))
        case .step: return step * 2 < steps ? peak : step * 4 < steps * 3 ? peak / 10 : peak / 100
        case .constant, .onecycle: return peak
        }
    }

    /// The momentum (or beta1) of a step in 0..<steps.
    ///
    /// One-cycle moves it against the rate, as PyTorch's `OneCycleLR` does between 0.95 and 0.85: 0.05 up and down from
    /// the momentum given, or less where that would come too near to 1 or below 0.
    public func momentum(_ step: Int) -> Double {
        guard kind == .onecycle, steps > 1 else { return momentum }
        let swing = min(0.05, (1 - momentum) / 2, momentum)
        return oneCycle(step, low: momentum + swing, high: momentum - swing, end: momentum + swing)
    }

    /// Smith and Topin 2018, "Super-convergence", in the form of PyTorch's `OneCycleLR`: along a cosine from low to
    /// high in the first `warmup` of the steps, along another to the end in the others; div_factor 25,
    /// final_div_factor 1e4.
    private func oneCycle(_ step: Int, low: Double, high: Double, end: Double) -> Double {
        let top = warmup * Double(steps) - 1
        let position = Double(step)
        if position <= top { return top == 0 ? high : between(low, high, position / top) }
        return between(high, end, (position - top) / (Double(steps - 1) - top))
    }

    /// Along half a cosine.
    private func between(_ start: Double, _ end: Double, _ share: Double) -> Double {
        end + (start - end) / 2 * (1 + cos(Double.pi * share))
    }
}
