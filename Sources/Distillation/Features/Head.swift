import Compute
import Manifests
import Networks

/// A small network that a loss on activations learns: trained beside the student, kept in its checkpoints, and no part
/// of it.
final class Head {
    let network: TrainingNetwork
    private let initial: ParameterBuffer
    private let optimiser: Optimiser
    private let pool: ThreadPool

    /// - Parameters:
    ///   - seed: of the first values.
    ///   - reachesInput: whether what it reads is learned too.
    ///   - build: appends the nodes behind the input.
    init(
        from input: Graph.Shape, batch: Int, training: TrainingSpec, seed: UInt64, reachesInput: Bool = true,
        pool: ThreadPool, build: (inout GraphBuilder) throws(ShapeError) -> Void
    ) {
        let graph: Graph
        do {
            var builder = try GraphBuilder(input: input)
            try build(&builder)
            graph = builder.graph()
        } catch {
            preconditionFailure("activations that a network has are within the limits: \(error)")
        }
        initial = .initialized(for: graph, seed: seed)
        network = TrainingNetwork(
            graph: graph, parameters: initial.copy(), maximumBatch: batch, reachesInput: reachesInput, pool: pool)
        optimiser = Optimiser(training, graph)
        self.pool = pool
    }

    /// What must be kept to go on later with the same results.
    var state: [ParameterBuffer] { [network.parameters] + optimiser.state }

    /// As it was at first.
    func reset() {
        for buffer in optimiser.state { buffer.base.update(repeating: 0, count: buffer.count) }
        network.parameters.base.update(from: initial.base, count: initial.count)
    }

    func update(_ step: ProjectorStep) {
        optimiser.step(
            network.parameters, network.gradients, number: step.number, rate: step.rate, momentum: step.momentum,
            scale: step.scale, pool: pool)
    }

    /// - Parameter input: N,H,W,C.
    /// - Returns: N,H,W,C of its output.
    func forward(_ input: UnsafePointer<Float>, count: Int) -> UnsafeMutablePointer<Float> {
        network.input.update(from: input, count: count * network.graph.input.count)
        network.forward(count: count, seed: 0, step: 0)
        return network.logits
    }

    /// Of the batch of the last `forward`, once `network.dLogits` is filled: the gradient by the input.
    func backward(count: Int) -> UnsafeMutablePointer<Float> {
        network.backward(count: count)
        guard let gradient = network.dInput else { preconditionFailure("a head whose input is not learned") }
        return gradient
    }
}

/// A loss on activations that learns networks of its own.
protocol LearnedComparison: AnyObject {
    /// In the order of checkpoints.
    var heads: [Head] { get }

    /// Adds to the gradients at the taps, and fills those of the heads.
    ///
    /// - Parameters:
    ///   - taps: of the student, in the plan's order.
    ///   - teacher: the activations of one of the teacher's taps: N,H,W,C.
    ///   - labels: N; -1 where there is none.
    /// - Returns: the loss times its factor.
    func evaluate(
        _ taps: [TrainingNetwork.Tap], teacher: (_ tap: Int) -> UnsafePointer<Float>, labels: UnsafePointer<Int32>,
        count: Int
    ) -> Double
}
