import CKernels
import Compute

extension PlanStep {
    /// - Parameters:
    ///   - block: images that go through the steps together.
    ///   - precision: of the products of convolutions.
    func executable(
        block: Int, precision: Precision, kernels: Kernels, imageKernels: ImageKernels
    ) throws(OperatorError) -> any ExecutableStep {
        let output = outputs[0]
        switch kind {
        case .convolution(let planned, let x):
            return ConvolutionExecution(
                planned, x: x, output: output, block: block, precision: precision, kernels: kernels)
        case .affine(let affine, let x, let pixels, let activation):
            return AffineExecution(
                x: StepSource(x), output: output, scale: FloatBuffer(affine.scale), shift: FloatBuffer(affine.shift),
                pixels: pixels, activation: activation, kernels: kernels)
        case .add(let a, let b, let count, let activation):
            return AddExecution(
                a: StepSource(a), b: StepSource(b), output: output, size: count, activation: activation,
                kernels: kernels)
        case .perChannel(let x, let factor, let term, let pixels, let channels, let activation):
            return PerChannelExecution(
                x: StepSource(x), factor: factor.map { StepSource($0) }, term: term.map { StepSource($0) },
                output: output, pixels: pixels, channels: channels, activation: activation, kernels: kernels)
        case .pointwise(let function, let x, let count):
            return PointwiseExecution(
                function: function, x: StepSource(x), output: output, size: count, kernels: imageKernels)
        case .binary(let function, let a, let b, let count):
            return BinaryExecution(
                function: function, a: StepSource(a), b: StepSource(b), output: output, size: count,
                kernels: imageKernels)
        case .prelu(let x, let slope, let pixels):
            return PReluExecution(
                x: StepSource(x), slope: FloatBuffer(slope), output: output, pixels: pixels, kernels: imageKernels)
        case .maxPool(let geometry, let x, let channels):
            return PoolExecution(
                window: ck_window(geometry, channels: channels), shares: nil, x: StepSource(x), output: output,
                kernels: imageKernels)
        case .averagePool(let geometry, let x, let channels, let shares):
            return PoolExecution(
                window: ck_window(geometry, channels: channels), shares: FloatBuffer(shares), x: StepSource(x),
                output: output, kernels: imageKernels)
        case .globalPool(let x, let pixels, let channels, let isMaximum):
            return GlobalPoolExecution(
                x: StepSource(x), output: output, pixels: pixels, channels: channels, isMaximum: isMaximum,
                kernels: imageKernels)
        case .softmax(let x, let rows, let length, let isLogarithm):
            return SoftmaxExecution(
                x: StepSource(x), output: output, rows: rows, length: length, isLogarithm: isLogarithm)
        case .fill(let value, let count): return FillExecution(value: value, size: count, output: output)
        case .copy(let copy, let x):
            return CopyExecution(copy: copy, x: StepSource(x), output: output, kernels: imageKernels)
        case .resize(let rows, let columns, let x, let channels):
            return ResizeExecution(
                rows: rows, columns: columns, x: StepSource(x), output: output, channels: channels)
        case .reference(let call): return try ReferenceExecution(call, outputs: outputs, kernels: imageKernels)
        }
    }
}
