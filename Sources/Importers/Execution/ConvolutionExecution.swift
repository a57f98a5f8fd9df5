import Compute

/// A convolution with its bias and activation.
final class ConvolutionExecution: ExecutableStep, @unchecked Sendable {
    let convolution: Convolution
    private let x: StepSource
    private let output: Int
    private let activation: Activation
    private let scale, shift: FloatBuffer?
    private let before: Activation

    init(
        _ planned: PlannedConvolution, x: PlanStep.Operand, output: Int, block: Int, precision: Precision,
        kernels: Kernels
    ) {
        convolution = Convolution(
            planned.geometry, maximumBatch: block, hasBias: true, training: false, precision: precision,
            kernels: kernels)
        convolution.load(weight: planned.weights, bias: planned.bias)
        self.x = StepSource(x)
        self.output = output
        activation = planned.activation
        scale = planned.before.map { FloatBuffer($0.scale) }
        shift = planned.before.map { FloatBuffer($0.shift) }
        before = planned.before?.activation ?? .none
    }

    func run(_ memory: StepMemory, count: Int) {
        // Images that do not lie one behind the other cannot make one product.
        let isContiguous = x.stride(memory) == convolution.geometry.inputCount
        let group = isContiguous ? convolution.group : 1
        for image in stride(from: 0, to: count, by: group) {
            convolution.forward(
                Source(
                    x.pointer(memory, image: image), scale: scale.map { UnsafePointer($0.base) },
                    shift: shift.map { UnsafePointer($0.base) }, activation: before),
                count: min(group, count - image), y: memory.pointer(output, image: image), activation: activation,
                scratch: memory.scratch.base)
        }
    }
}
