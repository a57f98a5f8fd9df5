/// In what a network computes.
///
/// Values, gradients and weights lie in memory in single precision either way, and sums are in single precision.
public enum Precision: String, Sendable, CaseIterable {
    case fp32
    /// Operands of convolutions' products are rounded to bfloat16: weights and activations, gradients, or their
    /// coefficients in Winograd's algorithm. Depthwise and grouped convolutions, linear layers, and the gradient by the
    /// weights where Winograd's algorithm is not used stay in single precision.
    case bf16
}
