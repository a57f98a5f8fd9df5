import Compute
import Datasets
import Distillation
import Importers
import Manifests
import Networks

/// What a job will take on this machine, from a few timed steps of its own networks.
public struct JobEstimate: Sendable {
    /// Wall time of each training, without decoding and evaluation.
    public var seconds: [(stage: Stage, seconds: Double)]
    /// The most that the job holds at once, in bytes, decoded images included.
    public var memoryBytes: Int
    /// Decoded images, memory-mapped from the cache.
    public var imageBytes: Int
    /// The first: its name, its values, and its multiply-adds for an image.
    public var teacher: (name: String, parameters: Int, multiplyAccumulates: Int)
    public var student: Graph

    public var totalSeconds: Double { seconds.map(\.seconds).reduce(0, +) }

    /// - Parameter files: where the files of teachers lie, by their paths as written.
    /// - Throws: `PresetError` for a network that cannot be made for this input; a `JobFailure` for a teacher's file that
    ///   cannot be used.
    public init(spec: JobSpec, survey: DatasetSurvey, files: [String: String] = [:], threads: Int) throws {
        let pool = ThreadPool(threads: threads)
        let input = Graph.Shape(height: survey.height, width: survey.width, channels: survey.channels)
        let classes =
            survey.isWithoutLabels
            ? try SoleTeacher(spec, files: files, input: input).classes.count : survey.classes.count
        let networks = try JobNetworks(
            spec, height: survey.height, width: survey.width, channels: survey.channels, classes: classes, files: files)
        let first = networks.teachers[0]
        teacher = (
            spec.allTeachers[0].teacherFile?.path ?? spec.teacher.model, first.parameterCount, first.multiplyAccumulates
        )
        student = networks.student
        let costs = networks.teachers.map { source in
            switch source {
            case .preset(let graph): TrainingCost(graph, spec.training, pool: pool)
            case .file(let file): TrainingCost(file.model, spec.training, pool: pool)
            }
        }
        let studentCost = TrainingCost(student, spec.training, pool: pool)
        let images = Double(survey.train + survey.unlabelled)
        let peers = Double(spec.distillation.peers)
        let advice = costs.map(\.inferenceSeconds).reduce(0, +) * images * Double(spec.student.epochs)
        let own = studentCost.stepSeconds * images * Double(spec.student.epochs)
        let teaching = zip(costs, spec.allTeachers).map { $0.stepSeconds * images * Double($1.network.epochs) }
        seconds = peers > 0 ? [] : [(.teacher, teaching.reduce(0, +))]
        if spec.looksForMore {
            // Whole trainings of the student are among those of tuning and searching.
            seconds.append((.tune, try Self.looking(spec, networks, survey, student: own + advice, advice, pool)))
        } else {
            seconds.append((.student, peers > 0 ? peers * own : own + advice))
        }
        if spec.distillation.audition > 0 {
            // Each teacher once alone, and all once together.
            let share = Double(spec.distillation.audition) / Double(spec.student.epochs)
            seconds.append((.audition, share * (Double(costs.count + 1) * own + 2 * advice)))
        }
        let assistants = try spec.assistants.flatMap { try AssistantChoice.resolve($0, networks) }
        var chain = 0.0
        for one in assistants ?? [] {
            guard let model = one.model else { continue }
            let graph = try Presets.make(model, width: one.width, input: student.input, classes: student.classes)
            let cost = TrainingCost(graph, spec.training, pool: pool)
            chain += (cost.stepSeconds * Double(one.epochs ?? spec.student.epochs)) * images
        }
        if chain > 0 { seconds.append((.assistant, chain)) }
        if spec.baseline { seconds.append((.baseline, own)) }
        imageBytes = survey.images * survey.height * survey.width * survey.channels
        let rough = max(
            costs.map(\.memoryBytes).max() ?? 0,
            studentCost.memoryBytes + costs.map(\.inferenceBytes).reduce(0, +))
        memoryBytes = try MemoryEstimate(
            spec: spec, networks: networks, images: survey.train + survey.unlabelled, pool: pool
        )
        .bytes(imageBytes: imageBytes, rough: rough)
    }
}

extension JobEstimate {
    /// Tuning, as far as its budget allows, and every student of a search.
    ///
    /// - Parameters:
    ///   - student: seconds of the job's own student, `advice`: those of its teachers in it.
    private static func looking(
        _ spec: JobSpec, _ networks: JobNetworks, _ survey: DatasetSurvey, student: Double, _ advice: Double,
        _ pool: ThreadPool
    ) throws -> Double {
        var total = 0.0
        if let trials = spec.tune.trials {
            let plan = HalvingPlan(trials: trials, epochs: spec.student.epochs)
            let wanted = plan.cost * student
            total += spec.tune.budget.map { min(wanted, max(Double($0), student)) } ?? wanted
        }
        guard let search = spec.search else { return total }
        // The first is the job's own student, which tuning has trained.
        for one in spec.tune.trials == nil ? search[...] : search.dropFirst() {
            let graph = try Presets.make(
                one.model, width: one.width, input: networks.student.input, classes: survey.classes.count)
            let step = TrainingCost(graph, spec.training, pool: pool).stepSeconds
            total += step * Double(survey.train) * Double(spec.student.epochs) + advice
        }
        return total
    }
}

/// Time an image and memory of one network, measured with a small batch.
private struct TrainingCost {
    let stepSeconds, inferenceSeconds: Double
    let memoryBytes, inferenceBytes: Int

    /// Of one that is not trained any more.
    init(_ model: ImportedModel, _ training: TrainingSpec, pool: ThreadPool) {
        let small = min(training.batch, 16)
        let network = ImportedNetwork(
            model, maximumBatch: small, precision: training.precision.ofProducts, pool: pool)
        stepSeconds = 0
        memoryBytes = 0
        inferenceSeconds = Self.best { network.forward(count: small) } / Double(small)
        inferenceBytes = network.memoryBytes * max(training.batch / small, 1) + 4 * model.parameterCount
    }

    /// Seconds of the fastest of three, after one that warms up.
    private static func best(_ body: () -> Void) -> Double {
        body()
        let clock = ContinuousClock()
        return (0..<3).map { _ in clock.measure(body) / .seconds(1) }.min() ?? 0
    }

    init(_ graph: Graph, _ training: TrainingSpec, pool: ThreadPool) {
        let batch = training.batch
        let precision = training.precision.ofProducts
        let small = min(batch, 16)
        let parameters = ParameterBuffer.initialized(for: graph, seed: 1)
        let network = TrainingNetwork(
            graph: graph, parameters: parameters, maximumBatch: small, precision: precision, pool: pool)
        let half = TrainingNetwork(
            graph: graph, parameters: parameters, maximumBatch: max(small / 2, 1), precision: precision, pool: pool)
        let inference = InferenceNetwork(
            graph: graph, parameters: parameters, maximumBatch: small, precision: precision, pool: pool)
        stepSeconds =
            Self.best {
                network.forward(count: small, seed: 1, step: 0)
                network.backward(count: small)
            } / Double(small)
        inferenceSeconds = Self.best { inference.forward(count: small) } / Double(small)
        // Memory is a constant and a part for each image.
        let perImage = (network.memoryBytes - half.memoryBytes) / max(small - small / 2, 1)
        let values = 4 * graph.storageCount
        memoryBytes = half.memoryBytes + perImage * (batch - max(small / 2, 1)) + 4 * values
        inferenceBytes = inference.memoryBytes * max(batch / small, 1) + values
    }
}
