import Compute
import Datasets
import Distillation
import Manifests
import Networks

/// What a job will take on this machine, from a few timed steps of its own networks.
public struct JobEstimate: Sendable {
    /// Wall time of each training, without decoding and evaluation.
    public var seconds: [(stage: Stage, seconds: Double)]
    /// Largest memory of a training step, in bytes: activations, gradients, optimiser.
    public var memoryBytes: Int
    /// Decoded images, memory-mapped from the cache.
    public var imageBytes: Int
    /// The first.
    public var teacher: Graph
    public var student: Graph

    public var totalSeconds: Double { seconds.map(\.seconds).reduce(0, +) }

    /// - Throws: `PresetError` for a network that cannot be made for this input.
    public init(spec: JobSpec, survey: DatasetSurvey, threads: Int) throws {
        let pool = ThreadPool(threads: threads)
        let input = Graph.Shape(height: survey.height, width: survey.width, channels: survey.channels)
        let classes = survey.classes.count
        var teachers: [Graph] = []
        for one in spec.allTeachers {
            teachers.append(
                try Presets.make(one.network.model, width: one.network.width, input: input, classes: classes))
        }
        teacher = teachers[0]
        student = try Presets.make(spec.student.model, width: spec.student.width, input: input, classes: classes)
        let costs = teachers.map { TrainingCost($0, spec.training, pool: pool) }
        let studentCost = TrainingCost(student, spec.training, pool: pool)
        let images = Double(survey.train)
        let advice = costs.map(\.inferenceSeconds).reduce(0, +) * images * Double(spec.student.epochs)
        let own = studentCost.stepSeconds * images * Double(spec.student.epochs)
        let teaching = zip(costs, spec.allTeachers).map { $0.stepSeconds * images * Double($1.network.epochs) }
        seconds = [(.teacher, teaching.reduce(0, +)), (.student, own + advice)]
        if spec.baseline { seconds.append((.baseline, own)) }
        memoryBytes = max(
            costs.map(\.memoryBytes).max() ?? 0,
            studentCost.memoryBytes + costs.map(\.inferenceBytes).reduce(0, +))
        imageBytes = survey.images * input.count
    }
}

/// Time an image and memory of one network, measured with a small batch.
private struct TrainingCost {
    let stepSeconds, inferenceSeconds: Double
    let memoryBytes, inferenceBytes: Int

    init(_ graph: Graph, _ training: TrainingSpec, pool: ThreadPool) {
        let batch = training.batch
        let precision = training.precision.ofProducts
        let small = min(batch, 16)
        let parameters = ParameterBuffer.initialized(for: graph, seed: 1)
        let network = TrainingNetwork(
            graph: graph, parameters: parameters, maximumBatch: small, precision: precision, pool: pool)
        let half = TrainingNetwork(
            graph: graph, parameters: parameters, maximumBatch: max(small / 2, 1), precision: precision, pool: pool)
        let inference = InferenceNetwork(graph: graph, parameters: parameters, maximumBatch: small, pool: pool)
        let clock = ContinuousClock()
        func best(_ body: () -> Void) -> Double {
            body()
            return (0..<3).map { _ in clock.measure(body) / .seconds(1) }.min() ?? 0
        }
        stepSeconds =
            best {
                network.forward(count: small, seed: 1, step: 0)
                network.backward(count: small)
            } / Double(small)
        inferenceSeconds = best { inference.forward(count: small) } / Double(small)
        // Memory is a constant and a part for each image.
        let perImage = (network.memoryBytes - half.memoryBytes) / max(small - small / 2, 1)
        let values = 4 * graph.storageCount
        memoryBytes = half.memoryBytes + perImage * (batch - max(small / 2, 1)) + 4 * values
        inferenceBytes = inference.memoryBytes * max(batch / small, 1) + values
    }
}
