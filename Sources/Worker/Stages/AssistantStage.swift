import Distillation
import Foundation
import Manifests
import Networks
import Reporting

/// Which assistants stand between teacher and student where the manifest leaves it open.
enum AssistantChoice {
    /// A teacher of more than this many times the student's parameters is far from it.
    static let largeGap = 10.0

    /// The assistants with a model for each; `auto` becomes the preset whose number of parameters is nearest, by ratio, to
    /// the even steps from the teacher to the student, and is left out where the teacher is near or no preset lies
    /// between.
    ///
    /// - Parameters:
    ///   - sizes: parameters of every preset of width 1.
    ///   - teacher, student: parameters.
    /// - Returns: `nil`: none is left.
    static func resolve(
        _ assistants: [AssistantSpec], sizes: [(model: String, parameters: Int)], teacher: Int, student: Int
    ) -> [AssistantSpec]? {
        let isFar = Double(teacher) > largeGap * Double(student)
        func logarithm(_ parameters: Int) -> Double { log(Double(max(parameters, 1))) }
        let (top, bottom) = (logarithm(teacher), logarithm(student))
        let between = sizes.filter { $0.parameters > student && $0.parameters < teacher }
        let resolved = assistants.enumerated().compactMap { place, one -> AssistantSpec? in
            guard one.model == nil else { return one }
            let wanted = top + (bottom - top) * Double(place + 1) / Double(assistants.count + 1)
            let nearest = between.min {
                abs(logarithm($0.parameters) - wanted) < abs(logarithm($1.parameters) - wanted)
            }
            guard isFar, let nearest else { return nil }
            return AssistantSpec(model: nearest.model, epochs: one.epochs)
        }
        return resolved.isEmpty ? nil : resolved
    }

    /// The same, for the job's own networks.
    static func resolve(_ assistants: [AssistantSpec], _ networks: JobNetworks) throws -> [AssistantSpec]? {
        resolve(
            assistants, sizes: try sizes(like: networks.student), teacher: networks.largestTeacher,
            student: networks.student.parameterCount)
    }

    /// Parameters of every preset of width 1 for the student's images and classes.
    static func sizes(like student: Graph) throws -> [(model: String, parameters: Int)] {
        try NetworkSpec.presets.map {
            ($0, try Presets.make($0, input: student.input, classes: student.classes).parameterCount)
        }
    }
}

extension JobPipeline {
    /// The job with a model for each assistant, and what was decided.
    func withAssistants(_ spec: JobSpec, _ networks: JobNetworks) throws -> JobSpec {
        guard let assistants = spec.assistants, assistants.contains(where: { $0.model == nil }) else { return spec }
        var spec = spec
        spec.assistants = try AssistantChoice.resolve(assistants, networks)
        let ratio = Double(networks.largestTeacher) / Double(max(networks.student.parameterCount, 1))
        let names = (spec.assistants ?? []).compactMap(\.model)
        emit(
            .notice(
                "The teacher has \(Figures.factor(ratio)) the student's parameters: "
                    + (names.isEmpty
                        ? "no assistant is needed." : "\(names.joined(separator: " and then ")) stands between them.")))
        return spec
    }

    /// Trains the chain of assistants, each by the one before, the first by the teachers.
    ///
    /// - Returns: who teaches the student: the last of them, or the teachers where there are none.
    func assisted(
        _ teachers: [Teacher], _ networks: JobNetworks, _ spec: JobSpec, _ data: TrainingData,
        baseline: TrainingOutcome?
    ) throws -> [Teacher] {
        guard let assistants = spec.assistants, !teachers.isEmpty else { return teachers }
        var (current, last) = (teachers, 0.0)
        for (index, one) in assistants.enumerated() {
            guard let model = one.model else { preconditionFailure("an assistant that was not chosen") }
            let graph = try Presets.make(
                model, width: one.width, input: networks.student.input, classes: networks.student.classes)
            let outcome = try train(
                TrainingRequest(
                    stage: .assistant, number: index + 1, graph: graph, epochs: one.epochs ?? spec.student.epochs,
                    training: spec.training, distillation: spec.distillation, seed: spec.seed &+ UInt64(1000 + index)),
                data.withTeachers, teachers: current)
            assistantOutcomes.append(outcome)
            current = [Teacher(TrainedNetwork(graph: graph, parameters: outcome.best))]
            last = outcome.bestAccuracy
            standings.append(
                TeacherStanding(
                    number: index + 1, model: model,
                    evaluationAccuracy: data.evaluation.count > 0 ? last : nil, calibrationError: nil, weight: 1,
                    trust: 1, reason: nil, weakClasses: [], isAssistant: true))
        }
        // Who is no better than the student would be alone has nothing to teach it.
        guard spec.distillation.weakTeacher == .drop, let level = baseline?.bestAccuracy, last < level else {
            return current
        }
        let place = standings.count - 1
        standings[place].weight = 0
        standings[place].reason =
            "is right about \(Figures.percent(last)) of the evaluation split, below the student without it "
            + "(\(Figures.percent(level)))"
        warn(
            "the assistant \(standings[place].model) \(standings[place].reason ?? ""): the student learns from the teacher "
                + "itself")
        return teachers
    }
}
