import Datasets
import Distillation
import Importers
import Manifests
import Networks
import Reporting

extension JobPipeline {
    /// Everything that is trained before anything is judged.
    ///
    /// - Returns: all teachers, and the student that is kept.
    func learn(
        _ networks: JobNetworks, _ spec: JobSpec, _ dataset: Dataset, _ data: TrainingData
    ) throws -> (taught: [TaughtTeacher], made: TaughtStudent) {
        if spec.distillation.peers > 0 {
            let (taught, student, baseline) = try mutual(networks, spec, data)
            let made = TaughtStudent(
                spec: spec, networks: networks, student: student, baseline: baseline, teachers: taught.map(\.teacher))
            return (taught, made)
        }
        let taught = try teachers(networks, spec, dataset, data)
        return (taught, try students(networks, spec, data, taught: taught))
    }

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
        func made(_ student: TrainingOutcome, _ baseline: TrainingOutcome?, _ teachers: [Teacher]) -> TaughtStudent {
            TaughtStudent(spec: spec, networks: networks, student: student, baseline: baseline, teachers: teachers)
        }
        func choose(among teachers: [Teacher], _ baseline: TrainingOutcome?) throws -> TaughtStudent {
            let unlabelled = data.taught.count - data.train.count
            // Trials are judged by labels.
            if unlabelled > 0 { warn("the \(unlabelled) images without a label are not used while settings are tried") }
            return try self.choose(networks, spec, data, teachers: teachers, baseline: baseline)
        }
        // Without labels there is nothing to judge a teacher by.
        if answeredBy != nil {
            let last = try assisted(all, networks, spec, data, baseline: nil)
            if spec.looksForMore { return try choose(among: last, nil) }
            return made(try train(request(.student), data, teachers: last), nil, last)
        }
        let decides = spec.distillation.weakTeacher != .warn || spec.distillation.combine == .classes
        guard decides || spec.looksForMore else {
            let last = try assisted(
                auditioned(all, networks, spec, data), networks, spec, data, baseline: nil)
            let student = try train(request(.student), learnable(data, from: last), teachers: last)
            let baseline = try alone()
            _ = try vet(all, networks, spec, data, baseline: baseline)
            return made(student, baseline, last)
        }
        let baseline = try alone()
        let passed = try vet(all, networks, spec, data, baseline: baseline)
        let kept = try assisted(
            auditioned(passed, networks, spec, data), networks, spec, data, baseline: baseline)
        if spec.looksForMore { return try choose(among: kept, baseline) }
        // Without teachers it would be the same training again, to the same bytes.
        if kept.isEmpty, let baseline, spec.studentTraining == spec.training {
            _ = learnable(data, from: kept)
            return made(baseline.told(as: .student), baseline, kept)
        }
        let student = try train(request(.student), learnable(data, from: kept), teachers: kept)
        let choice = StudentChoice(taught: student, alone: baseline, spec.distillation)
        if let warning = choice.warning { warn(warning) }
        return made(choice.student, baseline, kept)
    }

    /// With the images that nobody has labelled, where somebody says what they show.
    private func learnable(_ data: TrainingData, from teachers: [Teacher]) -> TrainingData {
        let unlabelled = data.taught.count - data.train.count
        guard unlabelled > 0, teachers.isEmpty else { return data.withTeachers }
        warn("the \(unlabelled) images without a label are not used: nobody teaches what they show")
        return data
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
        // Before those of assistants, who may have learned already.
        standings = teachers.indices.map { TeacherStanding(vetting, $0, of: spec) } + standings
        judgeAudition()
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
            teachers: teachers, pool: pool, checkpoints: checkpoints, hooks: hooks(stage))
        emit(.stage(stage, total: 0))
        return try trainer.run()
    }

    /// What a training tells goes on as the job's events.
    func hooks(_ stage: Stage) -> TrainingHooks {
        TrainingHooks(
            progress: { [emit] in emit(.progress(stage, done: $0.stepsDone, total: $0.steps)) },
            epoch: { [emit] in emit(.epoch($0)) }, notice: { [self] in warn($0) }, shouldStop: shouldStop)
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
