import CKernels
import Compute

/// A network in evaluation: batch norms folded into the convolutions before them.
///
/// A few images at a time go through the whole network in one thread, so that their activations stay in its cache.
/// An image's logits do not depend on the others in the batch. Parameters are read at `init` and by `reload`.
public final class InferenceNetwork {
    public let graph: Graph
    public let maximumBatch: Int
    /// N,H,W,C; to be filled before `forward`.
    public let input: UnsafeMutablePointer<Float>
    /// N,classes; valid after `forward`.
    public let logits: UnsafeMutablePointer<Float>

    private let pool: ThreadPool
    private let kernels: Kernels
    private let plan: InferencePlan
    private let inputBuffer, logitsBuffer: FloatBuffer
    private let foldedGraph: Graph
    private let taps: [Int]
    private let tapBuffers: [FloatBuffer]

    /// Memory of one thread: panels and the values' slots.
    private struct Workspace {
        let scratch: FloatBuffer
        let slots: [FloatBuffer]
    }
    private let workspaces: [Workspace]

    /// - Parameter taps: nodes whose activations are handed out.
    public init(
        graph: Graph, parameters: ParameterBuffer, maximumBatch: Int, precision: Precision = .fp32, taps: [Int] = [],
        pool: ThreadPool, kernels: Kernels = .standard
    ) {
        precondition(maximumBatch >= 1)
        self.graph = graph
        self.taps = taps
        self.maximumBatch = maximumBatch
        self.pool = pool
        self.kernels = kernels
        let folded = graph.foldingBatchNorms(parameters, keeping: taps)
        foldedGraph = folded.graph
        let plan = InferencePlan(
            graph: foldedGraph, maximumBatch: maximumBatch, precision: precision, kernels: kernels, taps: folded.places)
        tapBuffers = taps.map { FloatBuffer(count: maximumBatch * graph.nodes[$0].shape.count) }
        self.plan = plan
        inputBuffer = FloatBuffer(count: maximumBatch * graph.input.count)
        logitsBuffer = FloatBuffer(count: maximumBatch * graph.classes)
        input = inputBuffer.base
        logits = logitsBuffer.base
        let room = plan.convolutions.map { $0.0.forwardScratchCount }.max() ?? 0
        workspaces = (0..<pool.threads).map { _ in
            Workspace(
                scratch: FloatBuffer(count: room), slots: plan.slots.map { FloatBuffer(count: $0 * plan.block) })
        }
        reload(parameters)
    }

    /// Bytes of activations and scratch memory, without parameters.
    public var memoryBytes: Int {
        let shared = inputBuffer.count + logitsBuffer.count + tapBuffers.map(\.count).reduce(0, +)
        return 4 * (shared + workspaces.flatMap { $0.slots + [$0.scratch] }.map(\.count).reduce(0, +))
    }

    /// N,H,W,C: the activations of the node asked for in this place; valid after `forward`.
    public func tap(_ index: Int) -> UnsafePointer<Float> { UnsafePointer(tapBuffers[index].base) }

    /// Takes new values of the same graph.
    public func reload(_ parameters: ParameterBuffer) {
        let folded = graph.foldingBatchNorms(parameters, keeping: taps)
        if graph.isRounded { folded.graph.roundWeights(of: folded.parameters) }
        for (convolution, values) in plan.convolutions {
            convolution.load(
                weight: folded.parameters.base + values[0].offset,
                bias: values.count > 1 ? UnsafePointer(folded.parameters.base + values[1].offset) : nil)
        }
        for affine in plan.affines { affine.load(folded.parameters, graph: folded.graph) }
    }

    /// - Parameter count: images in `input`, 1...maximumBatch.
    public func forward(count: Int) {
        precondition((1...maximumBatch).contains(count))
        pool.run((count + plan.block - 1) / plan.block) { block, thread in
            let first = block * plan.block
            run(first: first, count: min(plan.block, count - first), in: workspaces[thread])
        }
    }

    private func run(first: Int, count: Int, in workspace: Workspace) {
        for step in plan.steps {
            switch step {
            case .convolution(let convolution, let value, let activation, let slot):
                let y = workspace.slots[slot].base
                let outputs = convolution.geometry.outputCount
                for from in stride(from: 0, to: count, by: convolution.group) {
                    convolution.forward(
                        source(value, first: first, image: from, workspace),
                        count: min(convolution.group, count - from),
                        y: y + from * outputs, activation: activation, scratch: workspace.scratch.base)
                }
            case .add(let a, let b, let activation, let slot):
                let left = source(a, first: first, image: 0, workspace)
                let right = source(b, first: first, image: 0, workspace)
                kernels.table.pointee.add(
                    left.base, left.scale, left.shift, right.base, right.scale, right.shift, activation.rawValue,
                    workspace.slots[slot].base, Int64(count * a.shape.height * a.shape.width), Int32(a.shape.channels))
            case .store(let value, let slot):
                write(value, first: first, count: count, to: workspace.slots[slot].base, workspace)
            case .round(let value, let rounding, let slot):
                let from = source(value, first: first, image: 0, workspace)
                ck_round_values(
                    from.base, Int64(count * value.shape.count), rounding.scale, Int32(rounding.zero),
                    workspace.slots[slot].base)
            case .tap(let value, let number):
                write(
                    value, first: first, count: count, to: tapBuffers[number].base + first * value.shape.count,
                    workspace)
            case .globalPool(let value, let slot):
                for image in 0..<count {
                    let from = source(value, first: first, image: image, workspace)
                    ck_global_pool(
                        from.base, Int64(value.shape.height * value.shape.width), Int32(value.shape.channels),
                        from.scale, from.shift, from.activation.rawValue,
                        workspace.slots[slot].base + image * value.shape.channels)
                }
            case .window(let value, let pool, let isMaximum, let shape, let slot):
                for image in 0..<count {
                    let from = source(value, first: first, image: image, workspace)
                    let to = workspace.slots[slot].base + image * shape.count
                    if isMaximum {
                        kernels.maxPool(
                            from, shape: value.shape, pool: pool, to: to, outShape: shape, chosen: nil)
                        continue
                    }
                    ck_average_pool(
                        from.base, Int32(value.shape.height), Int32(value.shape.width), Int32(value.shape.channels),
                        Int32(pool.size), Int32(pool.stride), Int32(pool.padding), Int32(shape.height),
                        Int32(shape.width), to)
                }
            }
        }
        write(plan.output, first: first, count: count, to: logits + first * graph.classes, workspace)
    }

    private func source(_ value: InferencePlan.Value, first: Int, image: Int, _ workspace: Workspace) -> Source {
        let base = value.slot.map { workspace.slots[$0].base } ?? input + first * value.shape.count
        return Source(
            base + image * value.shape.count, scale: value.affine.map { UnsafePointer($0.scale.base) },
            shift: value.affine.map { UnsafePointer($0.shift.base) }, activation: value.activation)
    }

    private func write(
        _ value: InferencePlan.Value, first: Int, count: Int, to target: UnsafeMutablePointer<Float>,
        _ workspace: Workspace
    ) {
        let from = source(value, first: first, image: 0, workspace)
        kernels.table.pointee.add(
            from.base, from.scale, from.shift, nil, nil, nil, from.activation.rawValue, target,
            Int64(count * value.shape.height * value.shape.width), Int32(value.shape.channels))
    }
}
