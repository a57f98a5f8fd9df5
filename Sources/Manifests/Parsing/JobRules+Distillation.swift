extension JobRules {
    static func checkDistillation(_ spec: JobSpec, into reader: inout FieldReader<JobSpec>) {
        checkTeachers(spec, into: &reader)
        checkMethod(spec.distillation, into: &reader)
        checkAnneal(spec.distillation, into: &reader)
        checkCurriculum(spec, into: &reader)
        checkVetting(spec, into: &reader)
        checkViews(spec, into: &reader)
        checkFeatures(spec.distillation, into: &reader)
        checkPeers(spec, into: &reader)
        checkAssistants(spec, into: &reader)
        if reader.isSound("distillation.alpha", "distillation.alphaEnd"), spec.distillation.alpha == 0,
            spec.distillation.alphaEnd == nil, spec.distillation.features == nil
        {
            let standard = DistillationSpec.standardAlpha(for: spec.distillation.method)
            reader.warn(
                "distillation.alpha", found: "0, so that the student learns nothing from the teacher",
                advised: "above 0; the default is \(standard.short)")
        }
    }

    private static func checkTeachers(_ spec: JobSpec, into reader: inout FieldReader<JobSpec>) {
        guard reader.isSound("teacher", "teachers") else { return }
        if spec.teachers != nil, !reader.written.isDisjoint(with: ["teacher", "teacher.model", "teacher.file"]) {
            reader.refuse(
                "teacher", "teachers", found: "both teacher and teachers",
                allowed: "one of them; the first of teachers is as good as teacher")
        }
        let combine = spec.distillation.combine
        guard reader.isSound("distillation.combine"), spec.allTeachers.count == 1 else { return }
        if combine == .confidence || combine == .entropy {
            reader.warn(
                "distillation.combine",
                found: "\(combine.rawValue) with one teacher, who cannot be weighed against others",
                advised: "mean, or a list of teachers")
        }
    }

    /// - Parameter prefix: of its keys: `teacher.`, or nothing in a list.
    static func checkTeacherFile<Root>(
        _ file: TeacherFile?, prefix: String, into reader: inout FieldReader<Root>
    ) {
        let own = ["file", "preprocess", "labels", "hints"].map { prefix + $0 }
        guard let file, own.allSatisfy({ reader.isSound($0) }) else { return }
        if file.path.isEmpty {
            guard let key = own.dropFirst().first(where: { reader.written.contains($0) }) else { return }
            reader.refuse(
                key, found: "\(key.dropFirst(prefix.count)) without a file",
                allowed: "both, or neither: a teacher that is trained here sees what the student sees")
            return
        }
        for name in ["model", "width", "epochs", "seed"] where reader.written.contains(prefix + name) {
            reader.refuse(
                prefix + name, prefix + "file", found: "\(name) with a file, which is a trained network",
                allowed: "file with preprocess, labels and hints, or model, width and epochs")
            return
        }
    }

    private static func checkMethod(_ spec: DistillationSpec, into reader: inout FieldReader<JobSpec>) {
        guard reader.isSound("distillation.method") else { return }
        let standard = DistillationSpec()
        let weights: [(key: String, value: Double, standard: Double, owner: DistillationSpec.Method)] = [
            ("targetWeight", spec.targetWeight, standard.targetWeight, .dkd),
            ("otherWeight", spec.otherWeight, standard.otherWeight, .dkd),
            ("interWeight", spec.interWeight, standard.interWeight, .dist),
            ("intraWeight", spec.intraWeight, standard.intraWeight, .dist),
        ]
        for weight in weights where weight.owner != spec.method && weight.value != weight.standard {
            let key = "distillation.\(weight.key)"
            guard reader.isSound(key) else { continue }
            reader.warn(
                key, found: "\(weight.value.short), which method \(spec.method.rawValue) does not use",
                advised: "method: \(weight.owner.rawValue), or no such key")
        }
        for (first, second, owner) in [
            (weights[0], weights[1], DistillationSpec.Method.dkd), (weights[2], weights[3], .dist),
        ]
        where owner == spec.method && first.value == 0 && second.value == 0 {
            let keys = ["distillation.\(first.key)", "distillation.\(second.key)"]
            guard reader.isSound(keys[0]), reader.isSound(keys[1]) else { continue }
            reader.refuse(
                keys[0], keys[1], found: "0 for both weights, which leaves nothing of the teacher",
                allowed: "at least one above 0")
        }
    }

    private static func checkAnneal(_ spec: DistillationSpec, into reader: inout FieldReader<JobSpec>) {
        guard reader.isSound("distillation.anneal", "distillation.alphaEnd", "distillation.temperatureEnd") else {
            return
        }
        let ends = [("alphaEnd", spec.alphaEnd), ("temperatureEnd", spec.temperatureEnd)]
        if spec.anneal == .constant {
            for (key, end) in ends {
                guard let end else { continue }
                reader.refuse(
                    "distillation.\(key)", "distillation.anneal",
                    found: "\(key) \(end.short) with anneal constant, which never gets there",
                    allowed: "anneal linear or cosine, or \(key) none", suggestion: "anneal: linear")
            }
        } else if spec.alphaEnd == nil, spec.temperatureEnd == nil {
            reader.refuse(
                "distillation.anneal",
                found: "\(spec.anneal.rawValue) with neither alphaEnd nor temperatureEnd to go to",
                allowed: "one of them, or anneal constant")
        }
    }

    private static func checkCurriculum(_ spec: JobSpec, into reader: inout FieldReader<JobSpec>) {
        let distillation = spec.distillation
        guard distillation.curriculum, reader.isSound("distillation", "teachers") else { return }
        if distillation.method != .kd {
            reader.refuse(
                "distillation.curriculum", "distillation.method",
                found: "curriculum with method \(distillation.method.rawValue)",
                allowed: "curriculum with method kd alone")
        }
        if spec.allTeachers.count > 1 {
            reader.refuse(
                "distillation.curriculum", "teachers", found: "curriculum with \(spec.allTeachers.count) teachers",
                allowed: "curriculum with one teacher")
        }
        if distillation.temperatureEnd != nil {
            reader.refuse(
                "distillation.curriculum", "distillation.temperatureEnd",
                found: "a temperature that is both learned and annealed",
                allowed: "curriculum true or temperatureEnd, not both")
        }
        if !(1.05...20).contains(distillation.temperature) {
            reader.refuse(
                "distillation.curriculum", "distillation.temperature",
                found: "temperature \(distillation.temperature.short) with curriculum, which moves between 1 and 21",
                allowed: "a first temperature from 1.05 to 20")
        }
    }

    private static func checkViews(_ spec: JobSpec, into reader: inout FieldReader<JobSpec>) {
        let views = spec.distillation.views
        guard views > 0, reader.isSound("distillation.views", "training.augment.mixup", "student.epochs") else {
            return
        }
        if spec.training.augment.mixup > 0 {
            reader.refuse(
                "distillation.views", "training.augment.mixup",
                found: "views with mixup, which mixes every image with another one each time",
                allowed: "views 0, or mixup 0")
        } else if spec.distillation.features != nil, reader.isSound("distillation.features") {
            reader.refuse(
                "distillation.views", "distillation.features",
                found: "views with features, whose activations are too many to keep",
                allowed: "views 0, or features none")
        } else if views >= spec.student.epochs {
            reader.warn(
                "distillation.views",
                found: "\(views) views in \(spec.student.epochs) epochs, so that none comes again",
                advised: "fewer views than epochs, or 0")
        }
    }

    private static func checkFeatures(_ spec: DistillationSpec, into reader: inout FieldReader<JobSpec>) {
        guard reader.isSound("distillation.features") else { return }
        for (index, feature) in (spec.features ?? []).enumerated()
        where (feature.student == nil) != (feature.teacher == nil) {
            let (given, missing) = feature.teacher == nil ? ("student", "teacher") : ("teacher", "student")
            reader.refuse(
                "distillation.features",
                found: "entry \(index + 1) names a node of the \(given) and none of the \(missing)",
                allowed: "names of both, or of neither")
        }
    }

    /// Teachers are judged on the evaluation split.
    private static func checkVetting(_ spec: JobSpec, into reader: inout FieldReader<JobSpec>) {
        guard reader.isSound("split.evaluation", "distillation.weakTeacher", "distillation.combine"),
            spec.split.evaluation == 0
        else { return }
        let distillation = spec.distillation
        // `drop`, the default, keeps everyone where nobody can be judged.
        if distillation.weakTeacher == .refuse {
            reader.refuse(
                "split.evaluation", "distillation.weakTeacher",
                found:
                    "weakTeacher refuse with evaluation 0, so nothing tells who is weak",
                allowed: "an evaluation share above 0, or weakTeacher drop or warn")
        }
        if distillation.combine == .classes {
            reader.refuse(
                "split.evaluation", "distillation.combine",
                found: "combine classes with evaluation 0, so nobody's recall is known",
                allowed: "an evaluation share above 0, or another combine")
        }
    }
}
