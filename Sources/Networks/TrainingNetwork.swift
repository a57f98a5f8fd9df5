import Compute

/// A network in training: forward with batch statistics, backward to the gradient of every parameter.
///
/// One batch of images at a time; all memory is made at `init`. For the same input and instruction set the results
/// are the same bytes, whatever the number of threads.
public final class TrainingNetwork {
    public let graph: Graph
    public let parameters: ParameterBuffer
    /// Written by `backward`, laid out as `parameters`; zero where a role is not trainable.
    public let gradients: ParameterBuffer
    public let maximumBatch: Int
    /// N,H,W,C; to be filled before `forward`.
    public let input: UnsafeMutablePointer<Float>
    /// N,classes; valid after `forward`. Of a network that ends in more than one pixel, N,H,W,C.
    public let logits: UnsafeMutablePointer<Float>
    /// N,classes: the gradient of the loss by the logits; to be filled before `backward`.
    public let dLogits: UnsafeMutablePointer<Float>
    /// N,H,W,C: the gradient of the loss by the input, written by `backward`; `nil` where it was not asked for.
    public let dInput: UnsafeMutablePointer<Float>?
    /// In the order they were asked for.
    public let taps: [Tap]

    /// A node's activations, and the gradient of the loss by them.
    public struct Tap {
        /// Of one image.
        public let shape: Graph.Shape
        /// N,H,W,C; valid after `forward`.
        public let values: UnsafePointer<Float>
        /// N,H,W,C: what the loss says of the values beside what it says of the logits; to be filled before a
        /// `backward` that uses taps.
        public let gradient: UnsafeMutablePointer<Float>
    }

    private let pool: ThreadPool
    private let kernels: Kernels
    private let steps: [any TrainingStep]
    private let convolutions: [ConvolutionStep]
    private let tapSteps: [TapStep]
    private let buffers: [FloatBuffer]
    private let scratch: [FloatBuffer]
    private let scratchBases: [UnsafeMutablePointer<Float>]
    private let sums: FloatBuffer
    private let dLogitsBuffer: FloatBuffer

    /// - Parameters:
    ///   - graph: as `GraphBuilder` makes it, or one that has passed `validate`.
    ///   - parameters: laid out for `graph`; read and (running statistics) written in place.
    ///   - maximumBatch: images for which memory is made.
    ///   - precision: of the products; parameters and gradients are in single precision.
    ///   - taps: nodes, not the input, whose activations are handed out.
    ///   - reachesInput: whether the gradient by the input is wanted: of a network that stands behind another.
    public init(
        graph: Graph, parameters: ParameterBuffer, maximumBatch: Int, precision: Precision = .fp32, taps: [Int] = [],
        reachesInput: Bool = false, pool: ThreadPool, kernels: Kernels = .standard
    ) {
        precondition(parameters.count == graph.storageCount && maximumBatch >= 1)
        self.graph = graph
        self.parameters = parameters
        self.maximumBatch = maximumBatch
        self.pool = pool
        self.kernels = kernels
        gradients = ParameterBuffer(count: parameters.count)
        let plan = TrainingPlan(
            graph: graph, parameters: parameters, gradients: gradients, maximumBatch: maximumBatch,
            precision: precision, kernels: kernels, taps: taps)
        dLogitsBuffer = FloatBuffer(count: maximumBatch * graph.nodes[graph.nodes.count - 1].shape.count)
        dLogits = dLogitsBuffer.base
        let gradientPlan = GradientPlan(
            plan, dLogits: dLogits, reachesInput: reachesInput, maximumBatch: maximumBatch)
        dInput = plan.input.gradient
        guard let output = plan.logits.stored else { preconditionFailure("logits not written out") }
        input = plan.input.raw
        logits = output
        steps = plan.steps.map(\.step)
        convolutions = plan.convolutions
        tapSteps = plan.taps
        self.taps = plan.taps.map { step in
            guard let values = step.value.stored else { preconditionFailure("a tap on a value not written out") }
            return Tap(shape: step.value.shape, values: UnsafePointer(values), gradient: step.gradient.base)
        }
        buffers = plan.buffers + gradientPlan.buffers + plan.taps.map(\.gradient)
        let room = convolutions.map(\.convolution.backwardScratchCount).max() ?? 0
        scratch = (0..<pool.threads).map { _ in FloatBuffer(count: room) }
        scratchBases = scratch.map(\.base)
        sums = FloatBuffer(count: convolutions.map { $0.sumsCount(images: maximumBatch) }.max() ?? 0)
    }

    /// Bytes of activations, gradients and scratch memory, without parameters.
    public var memoryBytes: Int { (buffers + scratch + [sums]).map { $0.count * 4 }.reduce(0, +) }

    /// - Parameters:
    ///   - count: images in `input`, 1...maximumBatch (2 or more where a batch norm sees one pixel an image).
    ///   - seed: with `step` names the dropout masks.
    public func forward(count: Int, seed: UInt64, step: Int) {
        precondition((1...maximumBatch).contains(count))
        pool.run(convolutions.count) { index, _ in convolutions[index].prepare() }
        let batch = self.batch(count: count, seed: seed, step: step)
        for step in steps { step.forward(batch) }
    }

    /// Fills `gradients` for the batch of the last `forward`.
    ///
    /// - Parameter usesTaps: whether the gradients at the taps count.
    public func backward(count: Int, usesTaps: Bool = false) {
        precondition((1...maximumBatch).contains(count))
        let batch = self.batch(count: count, seed: 0, step: 0)
        for tap in tapSteps { tap.isUsed = usesTaps }
        for step in steps.reversed() { step.backward(batch) }
    }

    private func batch(count: Int, seed: UInt64, step: Int) -> Batch {
        Batch(
            count: count, seed: seed, step: step, pool: pool, kernels: kernels, scratch: scratchBases,
            sums: sums.base)
    }
}
