import Compute
import Datasets
import Distillation
import Importers
import Manifests
import Networks

/// What a job holds in memory at most: the program, the decoded images, and the training that needs most.
///
/// Where the machine has room, the networks of each training are made as the job makes them, and what the process grew
/// by is counted; where it has not, their size is extrapolated from small batches, which leaves out some tables.
struct MemoryEstimate {
    let spec: JobSpec
    let networks: JobNetworks
    /// Training images.
    let images: Int
    let pool: ThreadPool

    /// - Parameters:
    ///   - imageBytes: of the decoded images, which are mapped from a file.
    ///   - rough: bytes of the largest training, extrapolated.
    /// - Throws: a `JobFailure` where the losses on activations find nothing to compare.
    func bytes(imageBytes: Int, rough: Int) throws -> Int {
        let program = ProcessMemory.resident ?? 40 << 20
        guard let available = ProcessMemory.available, rough < available / 2 else {
            return program + imageBytes + rough
        }
        let teachers = try networks.teachers.map { source in
            switch source {
            case .preset(let graph): try growth { try training(graph, teachers: []) }
            case .file: 0
            }
        }
        let peers = spec.distillation.peers
        let student =
            peers > 0
            ? try growth { try (0..<peers).flatMap { _ in try training(networks.student, teachers: []) } }
            : try bytesOfStudent(networks.student)
        // Several students learn at once while settings or students are tried.
        let atOnce = spec.looksForMore ? JobPipeline.mostAtOnce(threads: pool.threads) : 1
        return program + imageBytes + max(teachers.max() ?? 0, student * atOnce + sharedAnswers)
    }

    /// Of one training of a student with its teachers.
    ///
    /// - Throws: a `JobFailure` where the losses on activations find nothing to compare.
    func bytesOfStudent(_ graph: Graph) throws -> Int {
        // Answers are plain numbers: how many is known without making room for them.
        try growth { try training(graph, teachers: networks.teachers) }
            + TeachingMemory.answers(
                spec.training, spec.distillation, images: images, classes: graph.classes,
                teachers: networks.teachers.count)
    }

    private var sharedAnswers: Int {
        guard let trials = spec.tune.trials else { return 0 }
        return TeachingMemory.answers(
            HalvingPlan(trials: trials, epochs: spec.student.epochs), images: images, classes: networks.student.classes,
            teachers: networks.teachers.count)
    }

    /// What the process holds more while the objects that `make` gives are alive.
    private func growth(_ make: () throws -> [AnyObject]) rethrows -> Int {
        let before = ProcessMemory.anonymous ?? 0
        let made = try make()
        let after = ProcessMemory.anonymous ?? 0
        return withExtendedLifetime(made) { max(0, after - before) }
    }

    /// The memory of a training: network, optimiser, the best values so far, those it began with, a network to judge
    /// with, and the teachers with what is compared of their activations.
    private func training(_ graph: Graph, teachers: [TeacherSource]) throws -> [AnyObject] {
        let batch = min(spec.training.batch, max(images, 2))
        let parameters = ParameterBuffer.initialized(for: graph, seed: 1)
        let isAdam = spec.training.optimizer == .adamw
        let copies = 3 + (isAdam ? 1 : 0) + (spec.training.ema == nil ? 0 : 1)
        var made: [AnyObject] = [parameters]
        for _ in 0..<copies { made.append(parameters.copy()) }
        var taps: [Int] = []
        if let features = spec.distillation.features, !teachers.isEmpty {
            let compared = try TeachingMemory.features(
                features, student: graph, teachers: teachers.map(\.features), batch: batch, training: spec.training,
                pool: pool)
            made.append(compared.losses)
            taps = compared.taps
        }
        made.append(
            TrainingNetwork(
                graph: graph, parameters: parameters, maximumBatch: batch,
                precision: spec.training.precision.ofProducts, taps: taps, pool: pool))
        made.append(
            InferenceNetwork(graph: graph, parameters: parameters, maximumBatch: min(128, batch), pool: pool))
        for source in teachers {
            switch source {
            case .preset(let graph):
                let values = ParameterBuffer.initialized(for: graph, seed: 1)
                // Its best and its last values are kept.
                made += [values, values.copy()]
                made.append(
                    InferenceNetwork(
                        graph: graph, parameters: values, maximumBatch: batch,
                        precision: spec.training.precision.ofProducts, pool: pool))
            case .file(let teacher):
                made.append(
                    ImportedNetwork(
                        teacher.model, maximumBatch: batch, precision: spec.training.precision.ofProducts, pool: pool))
            }
        }
        return made
    }
}
