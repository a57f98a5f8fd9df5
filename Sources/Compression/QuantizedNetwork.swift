import Compute
import Networks

/// A network in 8-bit integers: what the integer engine runs, and what is exported as QDQ ONNX and as C.
///
/// A value q stands for (q - zero) scale. What every step does to them is exact, so that all who run it give the same
/// integers:
///
/// - convolution: s = bias[o] + Σ (x - zero of x) w, in 32 bits; q = clamp(round(float(s) multiplier[o]) + zero, 0, 255).
///   Padding counts as zeros. The product is one of single precision, and ties go to even.
/// - averages: the same, with s = Σ (x - zero of x) and the multiplier scale of x / (scale n) for n pixels.
/// - add: q = clamp(round(b (scale of b / scale) + (a (scale of a / scale) + shift))), each operation rounded to single
///   precision, with shift = zero - (zero of a (scale of a / scale) + zero of b (scale of b / scale)).
/// - max pooling: the largest; its output has its input's scale and zero.
/// - pointwise: by a table of 256.
///
/// That is what ONNX Runtime computes for the operators it fuses (Jacob et al. 2018, "Quantization and training of neural
/// networks for efficient integer-arithmetic-only inference", with a product of floats for the fixed-point one). ReLU
/// and ReLU6 are the clamping: where they apply, `zero` is 0 and the range ends at 6 at most.
public struct QuantizedNetwork: Sendable, Equatable {
    public struct Value: Sendable, Equatable {
        public var name: String
        public var shape: Graph.Shape
        public var scale: Float
        public var zero: UInt8

        public func real(_ q: UInt8) -> Float { Float(Int(q) - Int(zero)) * scale }

        /// The nearest integer, ties to even.
        public func quantized(_ x: Float) -> UInt8 {
            let low = -Float(zero)
            return UInt8(min(max(x / scale, low), low + 255).rounded(.toNearestOrEven) - low)
        }
    }

    public struct Step: Sendable, Equatable {
        public var operation: Operation
        public var inputs: [Int]
        public var output: Int
    }

    public enum Operation: Sendable, Equatable {
        case convolution(Weights)
        case add
        case maxPool(Graph.Pool)
        case averagePool(Graph.Pool)
        case globalAveragePool
        case pointwise(Activation)
    }

    public struct Weights: Sendable, Equatable {
        public var geometry: ConvolutionGeometry
        /// O,KH,KW,I/groups; -127...127.
        public var weight: [Int8]
        /// Of each output channel.
        public var scale: [Float]
        public var bias: [Int32]
    }

    /// The first is the network's input.
    public var values: [Value]
    /// In order; the last one makes the logits.
    public var steps: [Step]

    public init(values: [Value], steps: [Step]) {
        self.values = values
        self.steps = steps
    }

    public var input: Value { values[0] }
    public var output: Value { values[steps[steps.count - 1].output] }
    public var classes: Int { output.shape.count }

    /// Weights, biases and multipliers.
    public var parameterBytes: Int {
        steps.reduce(0) { sum, step in
            guard case .convolution(let weights) = step.operation else { return sum }
            return sum + weights.weight.count + 8 * weights.bias.count
        }
    }

    /// From a convolution's sums to its output.
    public func multipliers(_ weights: Weights, of step: Step) -> [Float] {
        let (x, y) = (values[step.inputs[0]], values[step.output])
        return weights.scale.map { x.scale * $0 / y.scale }
    }

    /// From a sum over `count` pixels to their mean.
    public func multiplier(averaging count: Int, in step: Step) -> Float {
        values[step.inputs[0]].scale / (values[step.output].scale * Float(count))
    }

    public struct Sum: Sendable {
        public let aScale, bScale, shift: Float
    }

    public func sum(_ step: Step) -> Sum {
        let (a, b, y) = (values[step.inputs[0]], values[step.inputs[1]], values[step.output])
        let (aScale, bScale) = (a.scale / y.scale, b.scale / y.scale)
        let zeros = aScale * Float(a.zero) + bScale * Float(b.zero)
        return Sum(aScale: aScale, bScale: bScale, shift: Float(y.zero) - zeros)
    }

    /// The output of a pointwise step for each input.
    public func table(_ activation: Activation, of step: Step) -> [UInt8] {
        let (x, y) = (values[step.inputs[0]], values[step.output])
        return (0...255).map { y.quantized(activation(x.real(UInt8($0)))) }
    }

    /// The input for each of 256 pixel values, channel by channel: with v of 0...255, (v scale - mean) / std.
    public func pixelTable(scale: Float, mean: [Float], std: [Float]) -> [[UInt8]] {
        zip(mean, std).map { mean, std in (0...255).map { input.quantized((Float($0) * scale - mean) / std) } }
    }
}
