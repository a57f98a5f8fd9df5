import Datasets
import Distillation
import Importers
import Manifests
import Networks
import Reporting

extension JobPipeline {
    /// Trains every teacher, one after the other: the stages `teacher`, `teacher-2` ...; or asks the one from a file
    /// about the evaluation split.
    func teachers(
        _ networks: JobNetworks, _ spec: JobSpec, _ dataset: Dataset, _ data: TrainingData
    ) throws -> [TaughtTeacher] {
        try networks.teachers.enumerated().map { index, source in
            let one = spec.allTeachers[index]
            switch source {
            case .file(let file): return try vet(file, number: index + 1, weight: one.weight, spec, dataset, data)
            case .preset(let graph):
                let request = TrainingRequest(
                    stage: .teacher, number: index + 1, graph: graph, epochs: one.network.epochs,
                    training: spec.training, seed: spec.seed(ofTeacher: index))
                let outcome = try train(request, data, teachers: [])
                let network = TrainedNetwork(graph: graph, parameters: outcome.best)
                return TaughtTeacher(
                    teacher: Teacher(network, weight: one.weight), training: outcome, vettedAccuracy: nil)
            }
        }
    }

    /// What it knows is found out before anyone learns from it. Where the manifest says how to prepare an image, that
    /// is done, even if another way would be better: then that is said.
    private func vet(
        _ file: FiledTeacher, number: Int, weight: Double, _ spec: JobSpec, _ dataset: Dataset, _ data: TrainingData
    ) throws -> TaughtTeacher {
        emit(.stage(.teacher, total: 0))
        let written = file.preprocessing
        let vetted = try VettedModel(
            file.model, preprocessing: written, classes: dataset.classes, names: file.labels, weight: weight,
            data: data, pool: pool, shouldStop: shouldStop)
        let result = vetted.result
        let name = spec.teachers == nil ? "" : "\(file.model.name), teacher \(number): "
        if result.isGood { emit(.notice(name + result.verdict)) } else { warn(name + result.verdict) }
        let kept = written == nil ? result.best : result.trials[0]
        return TaughtTeacher(
            teacher: written == nil ? vetted.teacher : vetted.asGiven, training: nil, vettedAccuracy: kept.accuracy)
    }

    /// Trains the student and, where it is asked for, its baseline. Where teachers may be turned away, the baseline
    /// goes first: it tells the student's own level. Both start from the job's seed, so that they begin with the same
    /// weights and see the same images.
    func students(
        _ networks: JobNetworks, _ spec: JobSpec, _ data: TrainingData, taught: [TaughtTeacher]
    ) throws -> TaughtStudent {
        // The baseline learns from nobody: its training is the same however the student is taught.
        func request(_ stage: Stage) -> TrainingRequest {
            TrainingRequest(
                stage: stage, graph: networks.student, epochs: spec.student.epochs,
                training: stage == .student ? spec.studentTraining : spec.training,
                distillation: stage == .student ? spec.distillation : DistillationSpec(), seed: spec.seed)
        }
        func alone() throws -> TrainingOutcome? {
            spec.baseline ? try train(request(.baseline), data, teachers: []) : nil
        }
        let all = taught.map(\.teacher)
        let decides = spec.distillation.weakTeacher != .warn || spec.distillation.combine == .classes
        func made(_ student: TrainingOutcome, _ baseline: TrainingOutcome?, _ teachers: [Teacher]) -> TaughtStudent {
            TaughtStudent(spec: spec, networks: networks, student: student, baseline: baseline, teachers: teachers)
        }
        guard decides || spec.looksForMore else {
            let student = try train(request(.student), data, teachers: all)
            let baseline = try alone()
            _ = try vet(all, networks, spec, data, baseline: baseline)
            return made(student, baseline, all)
        }
        let baseline = try alone()
        let kept = try vet(all, networks, spec, data, baseline: baseline)
        if spec.looksForMore { return try choose(networks, spec, data, teachers: kept, baseline: baseline) }
        // Without teachers it would be the same training again, to the same bytes.
        if kept.isEmpty, let baseline, spec.studentTraining == spec.training {
            return made(baseline.told(as: .student), baseline, kept)
        }
        let student = try train(request(.student), data, teachers: kept)
        let choice = StudentChoice(taught: student, alone: baseline, spec.distillation)
        if let warning = choice.warning { warn(warning) }
        return made(choice.student, baseline, kept)
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
        standings = teachers.indices.map { TeacherStanding(vetting, $0, of: spec) }
        return vetting.teachers
    }

    /// Trains one network, or takes its outcome from an earlier process.
    ///
    /// - Parameter initial: values to begin with; `nil`: drawn by the seed.
    func train(
        _ request: TrainingRequest, initial: ParameterBuffer? = nil, _ data: TrainingData, teachers: [Teacher]
    ) throws -> TrainingOutcome {
        let stage = request.stage
        let trainer = try Trainer(
            request, initial: initial ?? .initialized(for: request.graph, seed: request.seed), data: data,
            teachers: teachers, pool: pool, checkpoints: checkpoints,
            hooks: TrainingHooks(
                progress: { [emit] in emit(.progress(stage, done: $0.stepsDone, total: $0.steps)) },
                epoch: { [emit] in emit(.epoch($0)) }, notice: { [self] in warn($0) }, shouldStop: shouldStop))
        emit(.stage(stage, total: 0))
        return try trainer.run()
    }
}

extension TeacherStanding {
    /// - Parameter index: in the manifest's order, from 0.
    fileprivate init(_ vetting: TeacherVetting, _ index: Int, of spec: JobSpec) {
        let found = vetting.report
        let exam = found.exams.indices.contains(index) ? found.exams[index] : nil
        self.init(
            number: index + 1,
            model: spec.allTeachers[index].teacherFile?.path ?? spec.allTeachers[index].network.model,
            evaluationAccuracy: exam?.accuracy, calibrationError: exam?.calibration.error,
            weight: vetting.shares[index], trust: vetting.trusts[index],
            reason: exam == nil ? nil : found.reasons[index],
            weakClasses: exam == nil ? [] : found.weakClasses[index])
    }
}
