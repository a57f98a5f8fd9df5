import Manifests
import Networks

/// One network's training: everything that decides its outcome, but for the data, the first values and the teacher.
public struct TrainingRequest: Codable, Sendable, Equatable {
    /// `.teacher`, `.assistant`, `.audition`, `.student`, `.baseline` or `.quantize`: names records and checkpoints.
    public var stage: Stage
    /// Which of several of its stage is trained, counted from 1.
    public var number: Int
    public var graph: Graph
    public var epochs: Int
    public var training: TrainingSpec
    /// Used where there is a teacher.
    public var distillation: DistillationSpec
    /// Of the order of images, their changes, and dropout.
    public var seed: UInt64

    public init(
        stage: Stage, number: Int = 1, graph: Graph, epochs: Int, training: TrainingSpec,
        distillation: DistillationSpec = DistillationSpec(), seed: UInt64
    ) {
        precondition(number >= 1)
        self.stage = stage
        self.number = number
        self.graph = graph
        self.epochs = epochs
        self.training = training
        self.distillation = distillation
        self.seed = seed
    }

    /// The training of a job's student.
    init(_ stage: Stage, of spec: JobSpec, graph: Graph, epochs: Int? = nil) {
        self.init(
            stage: stage, graph: graph, epochs: epochs ?? spec.student.epochs, training: spec.studentTraining,
            distillation: spec.distillation, seed: spec.seed)
    }

    /// Of its checkpoints and in messages: `teacher`, `teacher-2`, `student`.
    public var name: String { number == 1 ? stage.rawValue : "\(stage.rawValue)-\(number)" }
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
