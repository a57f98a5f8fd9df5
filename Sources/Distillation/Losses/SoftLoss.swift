import Manifests

/// The ways in which a student's logits are compared with a teacher's: a weighted mean over the batch, times a scale,
/// with its gradient by the student's logits.
public enum SoftLoss: Sendable {
    case kd
    case dkd(DecoupledDistillation)
    case dist(RelationDistillation)

    public init(_ spec: DistillationSpec) {
        self =
            switch spec.method {
            case .kd: .kd
            case .dkd:
                .dkd(DecoupledDistillation(targetWeight: spec.targetWeight, otherWeight: spec.otherWeight))
            case .dist:
                .dist(RelationDistillation(interWeight: spec.interWeight, intraWeight: spec.intraWeight))
            }
    }

    /// Floats that `evaluate` needs beside its arguments.
    public func scratchCount(count: Int, classes: Int) -> Int {
        switch self {
        case .kd, .dkd: 0
        case .dist: RelationDistillation.scratchCount(count: count, classes: classes)
        }
    }

    /// - Parameters:
    ///   - temperature: T, above 0.
    ///   - scale: factor on loss and gradient.
    ///   - dLogits: N,classes; overwritten.
    ///   - scratch: `scratchCount` floats.
    public func evaluate(
        _ rows: LogitRows, temperature: Float, scale: Float, dLogits: UnsafeMutablePointer<Float>,
        scratch: UnsafeMutablePointer<Float>
    ) -> Double {
        switch self {
        case .kd:
            KnowledgeDistillation.evaluate(rows, temperature: temperature, scale: scale, dLogits: dLogits)
        case .dkd(let loss): loss.evaluate(rows, temperature: temperature, scale: scale, dLogits: dLogits)
        case .dist(let loss):
            loss.evaluate(rows, temperature: temperature, scale: scale, dLogits: dLogits, scratch: scratch)
        }
    }
}
