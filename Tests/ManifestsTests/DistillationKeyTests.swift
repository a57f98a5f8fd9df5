import Foundation
import Manifests
import Testing

/// Teachers and how they teach.
@Suite struct DistillationKeyTests {
    @Test func teachersAreAList() throws {
        let text = """
            dataset: a
            seed: 5
            teachers:
              - resnet20
              - { model: wrn-16-2, epochs: 40, weight: 2, width: 0.5 }
              - model: resnet20
                seed: 77
            """
        let spec = try parse(text).spec
        let standard = NetworkSpec.defaultTeacher
        #expect(
            spec.teachers == [
                TeacherSpec(standard), TeacherSpec(NetworkSpec(model: "wrn-16-2", width: 0.5, epochs: 40), weight: 2),
                TeacherSpec(standard, seed: 77),
            ])
        #expect(spec.teacher == standard)
        #expect(spec.allTeachers == spec.teachers)
        #expect((0..<3).map { spec.seed(ofTeacher: $0) } == [5, 6, 77])
    }

    @Test func oneTeacherNeedsNoList() throws {
        let spec = try parse("dataset: a\nteacher: vgg13\nteachers: none").spec
        #expect(spec.teachers == nil && spec.allTeachers == [TeacherSpec(spec.teacher)])
        #expect(spec.seed(ofTeacher: 0) == spec.seed)
        #expect(try parse("dataset: a\nteachers: [vgg13]").spec.teacher.model == "vgg13")
    }

    private static let entryKeys = "model, width, epochs, file, preprocess, labels, hints, weight, seed"
    private static let presets = NetworkSpec.presets.joined(separator: ", ")
    private static let list =
        "a list of 1 to 8 teachers, each a mapping of \(entryKeys) or its model alone; or none (`teacher` alone)"

    @Test(arguments: [
        ("teachers: resnet20", "1:11: teachers: found \"resnet20\"; allowed: \(list)."),
        ("teachers: []", "1:11: teachers: found an empty list; allowed: \(list)."),
        (
            "teachers: [\(Array(repeating: "vgg8", count: 9).joined(separator: ", "))]",
            "1:11: teachers: found a list of 9; allowed: \(list)."
        ),
        (
            "teachers:\n  - resnet21",
            "2:5: teachers[1].model: found \"resnet21\"; allowed: \(presets); or a mapping of \(entryKeys). Did you mean "
                + "\"resnet20\"?"
        ),
        (
            "teachers:\n  - vgg8\n  - { model: vgg8, wieght: 2 }",
            "3:20: teachers[2].wieght: found an unknown key; allowed: \(entryKeys). Did you mean \"weight\"?"
        ),
        (
            "teachers:\n  - { weight: 2 }",
            "2:5: teachers[1].model: found neither model nor file; allowed: a preset, or an ONNX file."
        ),
        (
            "teachers:\n  - { model: vgg8, weight: 0, seed: -1 }",
            "2:28: teachers[1].weight: found \"0\"; allowed: a number above 0 and at most 1,000."
        ),
        (
            "teachers:\n  - [vgg8]",
            "2:5: teachers[1]: found a list; allowed: \(presets); or a mapping of \(entryKeys)."
        ),
        (
            "teacher: vgg8\nteachers: [vgg8]",
            "2:11: teachers: found both teacher and teachers; allowed: one of them; the first of teachers is as good as "
                + "teacher."
        ),
        (
            "distillation: { method: hinton }",
            "1:25: distillation.method: found \"hinton\"; allowed: kd, dkd, dist, or auto (dist, or what "
                + "tuning finds). Did you mean \"kd\"?"
        ),
        (
            "distillation: { alphaEnd: 0.1 }",
            "1:27: distillation.alphaEnd: found alphaEnd 0.1 with anneal constant, which never gets there; allowed: anneal "
                + "linear or cosine, or alphaEnd none. Did you mean \"anneal: linear\"?"
        ),
        (
            "distillation: { anneal: cosine }",
            "1:25: distillation.anneal: found cosine with neither alphaEnd nor temperatureEnd to go to; allowed: one of "
                + "them, or anneal constant."
        ),
        (
            "distillation: { curriculum: true, method: dkd }",
            "1:43: distillation.method: found curriculum with method dkd; allowed: curriculum with method kd alone."
        ),
        (
            "distillation: { curriculum: true }\nteachers: [vgg8, vgg13]",
            "2:11: teachers: found curriculum with 2 teachers; allowed: curriculum with one teacher."
        ),
        (
            "distillation: { curriculum: true, temperature: 1 }",
            "1:48: distillation.temperature: found temperature 1 with curriculum, which moves between 1 and 21; allowed: a "
                + "first temperature from 1.05 to 20."
        ),
        (
            "distillation: { curriculum: true, anneal: linear, temperatureEnd: 2 }",
            "1:67: distillation.temperatureEnd: found a temperature that is both learned and annealed; allowed: curriculum "
                + "true or temperatureEnd, not both."
        ),
        (
            "distillation: { method: dkd, targetWeight: 0, otherWeight: 0 }",
            "1:60: distillation.otherWeight: found 0 for both weights, which leaves nothing of the teacher; allowed: at "
                + "least one above 0."
        ),
        (
            "distillation: { weakTeacher: refuse }\nsplit: { evaluation: 0 }",
            "2:22: split.evaluation: found weakTeacher refuse with evaluation 0, so nothing tells who is weak; allowed: an "
                + "evaluation share above 0, or weakTeacher drop or warn."
        ),
        (
            "distillation: { combine: classes }\nsplit: { evaluation: 0 }",
            "2:22: split.evaluation: found combine classes with evaluation 0, so nobody's recall is known; allowed: an "
                + "evaluation share above 0, or another combine."
        ),
    ])
    func refused(text: String, message: String) {
        let found = messages(text + "\ndataset: a")
        #expect(found.first == "cifar.job.yaml:" + message)
        #expect(found.count == (text.contains("seed: -1") ? 2 : 1))
    }

    @Test(arguments: [
        (
            "distillation: { method: kd, interWeight: 2 }",
            "1:42: warning: distillation.interWeight: found 2, which method kd does not use; advised: method: dist, or no "
                + "such key."
        ),
        (
            "distillation: { combine: entropy }",
            "1:26: warning: distillation.combine: found entropy with one teacher, who cannot be weighed against others; "
                + "advised: mean, or a list of teachers."
        ),
        (
            "student: vgg8\nteachers: [wrn-40-2, vgg13]",
            "2:11: warning: teachers: found a student (vgg8, about 3,960 thousand parameters) larger than its teacher "
                + "(wrn-40-2, about 2,250 thousand parameters); advised: a student smaller than its teacher."
        ),
    ])
    func warned(text: String, message: String) throws {
        let parsed = try parse(text + "\ndataset: a")
        #expect(parsed.warnings.map(\.description) == ["cifar.job.yaml:" + message])
    }

    @Test(arguments: [
        "distillation: { alpha: 0, alphaEnd: 0.9, anneal: linear }", "distillation: { combine: classes }",
        "distillation: { curriculum: true }", "distillation: { method: dist, intraWeight: 0 }",
        "teachers: [vgg8, vgg13]\ndistillation: { combine: confidence, method: dkd, otherWeight: 2 }",
        "teachers: [vgg13]\ntraining: { patience: 29 }",
    ])
    func notWarned(text: String) throws {
        #expect(try parse(text + "\ndataset: a").warnings.isEmpty)
    }

    /// What an earlier distilld wrote into a report or a line of events.
    @Test func earlierJSONIsReadable() throws {
        let distillation = try JSONDecoder().decode(
            DistillationSpec.self, from: Data(#"{"temperature": 3, "alpha": 0.5}"#.utf8))
        #expect(distillation == DistillationSpec(method: .kd, temperature: 3, alpha: 0.5))
        let epoch = """
            {"stage":"student","epoch":1,"epochs":2,"learningRate":0.1,"trainLoss":1.5,"trainAccuracy":0.5,
            "evaluationLoss":1.25,"evaluationAccuracy":0.625,"imagesPerSecond":100,"seconds":2}
            """
        let record = try JSONDecoder().decode(EpochRecord.self, from: Data(epoch.utf8))
        #expect(record.teaching == nil && record.teacher == nil && record.trainLoss == 1.5)
        var spec = JobSpec(name: "a", dataset: "b", teachers: [TeacherSpec(.defaultTeacher, seed: 3)])
        let copy = try JSONDecoder().decode(JobSpec.self, from: JSONEncoder().encode(spec))
        #expect(copy == spec)
        spec.teachers = nil
        let text = String(decoding: try JSONEncoder().encode(spec), as: UTF8.self)
        #expect(!text.contains("teachers"))
    }

    @Test func figuresOfTheTeachingAreWrittenAndRead() throws {
        let record = EpochRecord(
            stage: .teacher, epoch: 1, epochs: 2, learningRate: 0.1, trainLoss: 1, trainAccuracy: 0.5,
            evaluationLoss: 1,
            evaluationAccuracy: 0.5, imagesPerSecond: 1, seconds: 1, teacher: 2,
            teaching: TeachingRecord(
                alpha: 0.9, temperature: 4, hardLoss: 1, softLoss: 2, gradientCosine: -0.25, trust: 1,
                teacherErrors: 0.125))
        let line = WorkerEventLine(.epoch(record), time: 1)
        #expect(try WorkerEventLine(line: line.bytes()) == line)
    }
}
