import Distillation
import Manifests
import Networks

extension JobPipeline {
    /// Trains every teacher, one after the other: the stages `teacher`, `teacher-2` ...
    func teachers(_ networks: JobNetworks, _ spec: JobSpec, _ data: TrainingData) throws -> [TrainingOutcome] {
        try spec.allTeachers.enumerated().map { index, teacher in
            let request = TrainingRequest(
                stage: .teacher, number: index + 1, graph: networks.teachers[index], epochs: teacher.network.epochs,
                training: spec.training, distillation: spec.distillation, seed: spec.seed(ofTeacher: index))
            return try train(request, data, teachers: [])
        }
    }

    /// Trains the student and, where it is asked for, its baseline. Where teachers may be turned away, the baseline
    /// goes first: it tells the student's own level. Both start from the job's seed, so that they begin with the same
    /// weights and see the same images.
    func students(
        _ networks: JobNetworks, _ spec: JobSpec, _ data: TrainingData, taught: [TrainingOutcome]
    ) throws -> (student: TrainingOutcome, baseline: TrainingOutcome?) {
        func request(_ stage: Stage) -> TrainingRequest {
            TrainingRequest(
                stage: stage, graph: networks.student, epochs: spec.student.epochs, training: spec.training,
                distillation: spec.distillation, seed: spec.seed)
        }
        func alone() throws -> TrainingOutcome? {
            spec.baseline ? try train(request(.baseline), data, teachers: []) : nil
        }
        let all = taught.indices.map { index in
            Teacher(
                TrainedNetwork(graph: networks.teachers[index], parameters: taught[index].best),
                weight: spec.allTeachers[index].weight)
        }
        let decides = spec.distillation.weakTeacher != .warn || spec.distillation.combine == .classes
        guard decides else {
            let student = try train(request(.student), data, teachers: all)
            let baseline = try alone()
            _ = try vet(all, networks, spec, data, baseline: baseline)
            return (student, baseline)
        }
        let baseline = try alone()
        let kept = try vet(all, networks, spec, data, baseline: baseline)
        return (try train(request(.student), data, teachers: kept), baseline)
    }

    /// Those who may teach, with what is to be said of the others.
    private func vet(
        _ teachers: [Teacher], _ networks: JobNetworks, _ spec: JobSpec, _ data: TrainingData,
        baseline: TrainingOutcome?
    ) throws -> [Teacher] {
        let level = try baseline.map { outcome in
            let network = TrainedNetwork(graph: networks.student, parameters: outcome.best)
            return try Evaluator(network, data: data, pool: pool).evaluate(data.evaluation, shouldStop: shouldStop)
        }
        let vetting = try TeacherVetting(
            teachers, spec.distillation, data: data, student: level, pool: pool, shouldStop: shouldStop)
        for warning in vetting.warnings { warn(warning) }
        for note in vetting.notes { emit(.notice(note)) }
        return vetting.teachers
    }

    /// Trains one network, or takes its outcome from an earlier process.
    private func train(
        _ request: TrainingRequest, _ data: TrainingData, teachers: [Teacher]
    ) throws -> TrainingOutcome {
        let stage = request.stage
        let trainer = try Trainer(
            request, initial: ParameterBuffer.initialized(for: request.graph, seed: request.seed), data: data,
            teachers: teachers, pool: pool, checkpoints: checkpoints,
            hooks: TrainingHooks(
                progress: { [emit] in emit(.progress(stage, done: $0.stepsDone, total: $0.steps)) },
                epoch: { [emit] in emit(.epoch($0)) }, notice: { [self] in warn($0) }, shouldStop: shouldStop))
        emit(.stage(stage, total: 0))
        return try trainer.run()
    }
}
