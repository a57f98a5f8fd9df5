import Compute
import Manifests

extension TrainingSpec.Precision {
    /// As networks take it.
    public var ofProducts: Compute.Precision {
        switch self {
        case .fp32: .fp32
        case .bf16: .bf16
        }
    }
}
