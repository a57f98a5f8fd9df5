import Foundation
import Manifests
import Networks

/// Distils several students with the same settings, each at full length and from the same seed.
public struct StudentSearch {
    /// A student that learned.
    public struct Candidate: Sendable {
        public let name: String
        /// The job with this student.
        public let spec: JobSpec
        public let network: TrainedNetwork
        public let training: TrainingOutcome

        public init(name: String, spec: JobSpec, network: TrainedNetwork, training: TrainingOutcome) {
            self.name = name
            self.spec = spec
            self.network = network
            self.training = training
        }
    }

    /// - Parameters:
    ///   - specs: the job with each of the students.
    ///   - directory: for checkpoints; of this search alone.
    /// - Returns: in the order of `specs`.
    /// - Throws: `Suspended`, `PresetError`, or a `JobFailure`: a student that diverged is one.
    public static func run(
        _ specs: [(name: String, spec: JobSpec)], data: TrainingData, teachers: [Teacher], threads: Int, atOnce: Int,
        directory: String, hooks: TunerHooks
    ) throws -> [Candidate] {
        let all = try specs.map { name, spec in
            StudentTraining(
                folder: name,
                request: TrainingRequest(.student, of: spec, graph: try Presets.make(spec, data)),
                data: data, answers: nil)
        }
        let trainings = StudentTrainings(
            teachers: teachers, directory: directory, threads: threads, atOnce: atOnce, hooks: hooks)
        trainings.steps = all.reduce(0) {
            $0 + StudentTrainings.steps(data, batch: $1.request.training.batch, epochs: $1.request.epochs)
        }
        var ends: [Int: TrainingOutcome] = [:]
        try trainings.run(all) { place, end in
            switch end {
            case .finished(let outcome): ends[place] = outcome
            case .diverged(var failure):
                failure.location = "\(all[place].folder): \(failure.location ?? "")"
                throw failure
            }
        }
        return all.indices.compactMap { place in
            ends[place].map { outcome in
                Candidate(
                    name: specs[place].name, spec: specs[place].spec,
                    network: TrainedNetwork(graph: all[place].request.graph, parameters: outcome.best),
                    training: outcome)
            }
        }
    }

    /// Which student a job keeps: the smallest that reaches the target, else the best by the objective.
    ///
    /// - Parameter target: accuracy on the evaluation split; `nil`: the objective decides.
    /// - Returns: the place of the chosen one, and whether it reaches the target.
    public static func choice(
        _ candidates: [(graph: Graph, accuracy: Double)], target: Double?, _ tune: TuneSpec
    ) -> (place: Int, isReached: Bool) {
        precondition(!candidates.isEmpty)
        if let target {
            let reaching = candidates.indices.filter { candidates[$0].accuracy >= target }
            if let smallest = reaching.min(by: {
                (candidates[$0].graph.parameterCount, -candidates[$0].accuracy, $0)
                    < (candidates[$1].graph.parameterCount, -candidates[$1].accuracy, $1)
            }) {
                return (smallest, true)
            }
        }
        let scores = candidates.map {
            target == nil
                ? tune.score(
                    accuracy: $0.accuracy, cost: tune.cost(of: $0.graph), reference: tune.cost(of: candidates[0].graph))
                : $0.accuracy
        }
        let best = scores.indices.max { (scores[$0], -$0) < (scores[$1], -$1) } ?? 0
        return (best, target == nil)
    }
}

extension Presets {
    /// The student's graph.
    static func make(_ spec: JobSpec, _ data: TrainingData) throws(PresetError) -> Graph {
        try make(
            spec.student.model, width: spec.student.width,
            input: Graph.Shape(height: data.height, width: data.width, channels: data.channels), classes: data.classes)
    }
}
