import Manifests
import Networks

/// One network's training: everything that decides its outcome, but for the data, the first values and the teacher.
public struct TrainingRequest: Codable, Sendable, Equatable {
    /// `.teacher`, `.student` or `.baseline`: names records and checkpoints.
    public var stage: Stage
    public var graph: Graph
    public var epochs: Int
    public var training: TrainingSpec
    /// Used where there is a teacher.
    public var distillation: DistillationSpec
    /// Of the order of images, their changes, and dropout.
    public var seed: UInt64

    public init(
        stage: Stage, graph: Graph, epochs: Int, training: TrainingSpec,
        distillation: DistillationSpec = DistillationSpec(), seed: UInt64
    ) {
        self.stage = stage
        self.graph = graph
        self.epochs = epochs
        self.training = training
        self.distillation = distillation
        self.seed = seed
    }
}

/// A network and its values.
public struct TrainedNetwork: Sendable {
    public var graph: Graph
    public var parameters: ParameterBuffer

    public init(graph: Graph, parameters: ParameterBuffer) {
        self.graph = graph
        self.parameters = parameters
    }
}
