import Datasets
import Distillation
import Foundation
import Manifests
import Networks
import Reporting

/// The networks' answers on the test split, and what follows from them.
struct Judged {
    let results: ModelResults
    let mistakes: [Mistake]
    let insights: Insights
    /// Those that the figures are of.
    let images: ImageSet
}

extension JobPipeline {
    /// Looks at the test split: the only time that a job does.
    func judge(
        _ spec: JobSpec, _ networks: JobNetworks, dataset: Dataset, data: TrainingData, teacher: TaughtTeacher,
        student: TrainingOutcome, baseline: TrainingOutcome?
    ) throws -> Judged {
        var images = dataset.test
        if images.count == 0 {
            images = dataset.evaluation
            warn("there is no test split: the figures are of the evaluation split, on which epochs were chosen")
        }
        let test = ImageSet(images)
        let answers = try evaluate(teacher, test, data)
        let own = try evaluate(networks.student, student, test, data)
        let alone = try baseline.map { try evaluate(networks.student, $0, test, data) }
        let results = ModelResults(
            teacher: result(of: teacher, networks.teachers[0], spec, answers),
            student: result(.student, spec.student, networks.student, student, own),
            baseline: baseline.flatMap { outcome in
                alone.map { result(.baseline, spec.student, networks.student, outcome, $0) }
            },
            studentAgainstTeacher: compare(own, answers),
            studentAgainstBaseline: alone.map { compare(own, $0) })
        let ask = Respondents(
            teacher: { try self.evaluate(teacher, $0, data) },
            student: { try self.evaluate(networks.student, student, $0, data) })
        let insights = try insights(
            ask, images: images,
            answers: [(.teacher, answers), (.student, own)] + (alone.map { [(.baseline, $0)] } ?? []),
            dataset: dataset, seed: spec.seed)
        return Judged(
            results: results,
            mistakes: worst(
                own, teacherAnswers: answers, teacher: teacher,
                student: TrainedNetwork(graph: networks.student, parameters: student.best), images: images,
                dataset: dataset, data: data),
            insights: insights, images: test)
    }

    private func evaluate(
        _ graph: Graph, _ outcome: TrainingOutcome, _ images: ImageSet, _ data: TrainingData
    ) throws -> Evaluation {
        let evaluator = Evaluator(TrainedNetwork(graph: graph, parameters: outcome.best), data: data, pool: pool)
        return try evaluator.evaluate(images, shouldStop: shouldStop)
    }

    private func evaluate(
        _ teacher: TaughtTeacher, _ images: ImageSet, _ data: TrainingData
    ) throws -> Evaluation {
        try teacher.teacher.evaluation(of: images, data: data, pool: pool, shouldStop: shouldStop)
    }

    private func result(
        of teacher: TaughtTeacher, _ source: TeacherSource, _ spec: JobSpec, _ answers: Evaluation
    ) -> ModelResult {
        switch source {
        case .preset(let graph):
            guard let training = teacher.training else { preconditionFailure("a preset that was not trained") }
            return result(.teacher, spec.teacher, graph, training, answers)
        case .file(let file):
            let model = file.model
            let timing = Timing(model, pool: pool)
            return ModelResult(
                role: .teacher, model: model.name, width: 1, parameters: model.parameterCount,
                multiplyAccumulates: model.multiplyAccumulates, fileBytes: model.parameterCount * 4,
                evaluationAccuracy: teacher.vettedAccuracy ?? 0, testLoss: answers.loss,
                latencyMilliseconds: timing.latencyMilliseconds, imagesPerSecond: timing.imagesPerSecond,
                confusion: answers.confusion, epochsRun: 0, bestEpoch: 0, trainSeconds: 0)
        }
    }

    private func result(
        _ role: ModelResult.Role, _ network: NetworkSpec, _ graph: Graph, _ outcome: TrainingOutcome,
        _ answers: Evaluation
    ) -> ModelResult {
        let timing = Timing(graph: graph, parameters: outcome.best, pool: pool)
        return ModelResult(
            role: role, model: network.model, width: network.width, parameters: graph.parameterCount,
            multiplyAccumulates: graph.multiplyAccumulates, fileBytes: graph.parameterCount * 4,
            evaluationAccuracy: outcome.records.first { $0.epoch == outcome.bestEpoch }?.evaluationAccuracy ?? 0,
            testLoss: answers.loss, latencyMilliseconds: timing.latencyMilliseconds,
            imagesPerSecond: timing.imagesPerSecond, confusion: answers.confusion, epochsRun: outcome.epochsRun,
            bestEpoch: outcome.bestEpoch, trainSeconds: outcome.seconds)
    }

    private func compare(_ first: Evaluation, _ second: Evaluation) -> PairedComparison {
        var onlyFirst = 0
        var onlySecond = 0
        for (a, b) in zip(first.answers, second.answers) {
            if a.isRight && !b.isRight { onlyFirst += 1 }
            if b.isRight && !a.isRight { onlySecond += 1 }
        }
        return PairedComparison(count: first.count, onlyFirst: onlyFirst, onlySecond: onlySecond)
    }
}
