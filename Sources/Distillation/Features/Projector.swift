import Compute
import Manifests
import Networks

/// A learned 1x1 convolution from the student's channels to the teacher's: trained beside the student, kept in its
/// checkpoints, and no part of it.
final class Projector {
    let graph: Graph
    let parameters, gradients: ParameterBuffer
    private let initial: ParameterBuffer
    private let optimiser: Optimiser

    /// - Parameters:
    ///   - outputs: channels of the teacher.
    ///   - seed: of the first values.
    init(from student: Graph.Shape, outputs: Int, training: TrainingSpec, seed: UInt64) {
        do {
            var builder = try GraphBuilder(input: student)
            try builder.convolution(builder.input, "projector", outputs: outputs, kernel: 1, bias: true)
            graph = builder.graph()
        } catch {
            preconditionFailure("activations that a network has are within the limits: \(error)")
        }
        initial = .initialized(for: graph, seed: seed)
        parameters = initial.copy()
        gradients = ParameterBuffer(count: graph.storageCount)
        optimiser = Optimiser(training, graph)
    }

    /// What must be kept to go on later with the same results.
    var state: [ParameterBuffer] { [parameters] + optimiser.state }

    /// As it was at first.
    func reset() {
        for buffer in optimiser.state { buffer.base.update(repeating: 0, count: buffer.count) }
        parameters.base.update(from: initial.base, count: initial.count)
    }

    func update(_ step: ProjectorStep, pool: ThreadPool) {
        optimiser.step(
            parameters, gradients, number: step.number, rate: step.rate, momentum: step.momentum, scale: step.scale,
            pool: pool)
    }

    var values: HintLoss.Projector { Self.values(of: graph, in: parameters.base) }

    /// The weight and bias of a projector that lies in memory as its parameters do.
    static func values(of graph: Graph, in base: UnsafeMutablePointer<Float>) -> HintLoss.Projector {
        HintLoss.Projector(weight: base + graph.parameters[0].offset, bias: base + graph.parameters[1].offset)
    }
}

/// A step of the optimiser, as the student's.
struct ProjectorStep {
    /// From 1.
    var number: Int
    var rate, momentum: Double
    /// What gradients are multiplied with.
    var scale: Float
}

extension Optimiser {
    init(_ training: TrainingSpec, _ graph: Graph) {
        self =
            switch training.optimizer {
            case .sgd: .sgd(SGD(graph, weightDecay: training.weightDecay))
            case .adamw: .adamw(AdamW(graph, weightDecay: training.weightDecay))
            }
    }
}
