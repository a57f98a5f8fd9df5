/// What no single key can tell: defaults that depend on another key, and combinations.
enum JobRules {
    /// A rate that suits SGD makes AdamW diverge, so the defaults of both depend on the optimizer.
    static func applyOptimizerDefaults(to spec: inout JobSpec, written: Set<String>) {
        let defaults = TrainingSpec.defaults(for: spec.training.optimizer)
        if !written.contains("training.learningRate") { spec.training.learningRate = defaults.learningRate }
        if !written.contains("training.weightDecay") { spec.training.weightDecay = defaults.weightDecay }
    }

    /// What `auto` is, and the alpha of a method, hang on what else is said.
    static func applyMethodDefaults(to spec: inout JobSpec, written: Set<String>) {
        let alpha = written.contains("distillation.alpha") ? spec.distillation.alpha : nil
        spec.distillation.resolveAuto(alpha: alpha, teachers: spec.allTeachers.count)
    }

    static func check(_ spec: JobSpec, into reader: inout FieldReader<JobSpec>) {
        checkSize(spec.input, into: &reader)
        checkSplit(spec, into: &reader)
        checkTraining(spec, into: &reader)
        checkNetworks(spec, into: &reader)
        checkTeacherFile(spec.teacherFile, prefix: "teacher.", into: &reader)
        checkDistillation(spec, into: &reader)
        checkTune(spec, into: &reader)
    }

    private static func checkSize(_ input: InputSpec, into reader: inout FieldReader<JobSpec>) {
        guard reader.isSound("input.width", "input.height") else { return }
        switch (input.width, input.height) {
        case (let width?, nil):
            reader.refuse(
                "input.width", found: "\(width) without a height", allowed: "both width and height, or neither",
                suggestion: "height: \(width)")
        case (nil, let height?):
            reader.refuse(
                "input.height", found: "\(height) without a width", allowed: "both width and height, or neither",
                suggestion: "width: \(height)")
        default: break
        }
    }

    private static func checkSplit(_ spec: JobSpec, into reader: inout FieldReader<JobSpec>) {
        if reader.isSound("split.evaluation", "split.test"),
            let evaluation = spec.split.evaluation, let test = spec.split.test, evaluation + test >= 1
        {
            reader.refuse(
                "split.evaluation", "split.test",
                found:
                    "shares of \(evaluation.short) for evaluation and \(test.short) for test, which leave nothing to train on",
                allowed: "shares whose sum is below 1")
        }
        if reader.isSound("split.evaluation", "training.patience"),
            spec.split.evaluation == 0, let patience = spec.training.patience
        {
            reader.refuse(
                "split.evaluation", "training.patience",
                found: "patience \(patience) with evaluation 0, so nothing tells when to stop",
                allowed: "an evaluation share above 0, or patience none")
        }
    }

    private static func checkTraining(_ spec: JobSpec, into reader: inout FieldReader<JobSpec>) {
        let training = spec.training
        let highest = training.optimizer == .adamw ? 0.01 : 1
        if reader.isSound("training.learningRate", "training.optimizer"), training.learningRate > highest {
            reader.warn(
                "training.learningRate",
                found:
                    "\(training.learningRate.short) with \(training.optimizer.rawValue), at which training often diverges",
                advised: "at most \(highest.short); the default is "
                    + TrainingSpec.defaults(for: training.optimizer).learningRate.short)
        }
        let trained = spec.allTeachers.filter { $0.teacherFile == nil }
        let longest = trained.reduce(spec.student.epochs) { max($0, $1.network.epochs) }
        if reader.isSound("training.patience", "teacher.epochs", "teachers", "student.epochs"),
            let patience = training.patience, patience >= longest
        {
            reader.warn(
                "training.patience", found: "\(patience), which no training here is long enough to reach",
                advised: "less than the number of epochs")
        }
        if reader.isSound("training.labelSmoothing"), training.labelSmoothing > 0 {
            reader.warn(
                "training.labelSmoothing",
                found: "\(training.labelSmoothing.short), and a teacher trained with smoothed labels teaches less "
                    + "(Mueller et al. 2019)",
                advised: "0 when distilling")
        }
    }

    private static func checkNetworks(_ spec: JobSpec, into reader: inout FieldReader<JobSpec>) {
        guard reader.isSound("teacher.model", "teacher.width", "teachers", "student.model", "student.width"),
            let student = spec.student.approximateKiloParameters
        else { return }
        for one in spec.allTeachers where one.teacherFile == nil {
            guard let teacher = one.network.approximateKiloParameters, student > 1.1 * teacher else { continue }
            reader.warn(
                "student.model", "student.width", "teacher.model", "teacher.width", "teachers",
                found:
                    "a student (\(words(spec.student, student))) larger than its teacher (\(words(one.network, teacher)))",
                advised: "a student smaller than its teacher")
            return
        }
    }

    private static func words(_ network: NetworkSpec, _ kiloParameters: Double) -> String {
        let width = network.width == 1 ? "" : " at width \(network.width.short)"
        return "\(network.model)\(width), about \(max(1, Int(kiloParameters.rounded())).grouped) thousand parameters"
    }
}
