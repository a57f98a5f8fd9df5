import Manifests

#if canImport(Glibc)
    import Glibc
#endif

/// Alpha and temperature as a function of the step alone.
///
/// With `anneal` they go from their first value to their last, in a straight line or along half a cosine (as in Jafari
/// et al. 2021, "Annealing knowledge distillation", for the temperature). After `stopAfter` of the steps alpha is 0:
/// early-stopped distillation (Cho and Hariharan 2019, "On the efficacy of knowledge distillation"), for a student too
/// small to follow its teacher to the end.
public struct DistillationSchedule: Sendable {
    private let spec: DistillationSpec
    private let steps: Int

    /// - Parameter steps: of the whole training, at least 1.
    public init(_ spec: DistillationSpec, steps: Int) {
        precondition(steps >= 1)
        self.spec = spec
        self.steps = steps
    }

    /// Weight of the soft term in a step in 0..<steps.
    public func alpha(_ step: Int) -> Double {
        isOver(step) ? 0 : value(from: spec.alpha, to: spec.alphaEnd, step)
    }

    /// Whether the teachers have no part in a step any more.
    public func isOver(_ step: Int) -> Bool { spec.stopAfter.map { Double(step) >= $0 * Double(steps) } ?? false }

    /// T in a step in 0..<steps, where it is not learned.
    public func temperature(_ step: Int) -> Double {
        value(from: spec.temperature, to: spec.temperatureEnd, step)
    }

    private func value(from first: Double, to last: Double?, _ step: Int) -> Double {
        guard let last, steps > 1 else { return first }
        let share = Double(step) / Double(steps - 1)
        return switch spec.anneal {
        case .constant: first
        case .linear: first + (last - first) * share
        case .cosine: last + (first - last) / 2 * (1 + cos(Double.pi * share))
        }
    }
}
