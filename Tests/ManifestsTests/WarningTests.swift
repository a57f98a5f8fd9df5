import Manifests
import Testing

@Suite struct WarningTests {
    @Test(arguments: [
        (
            "student: vgg13",
            "2:10: warning: student.model: found a student (vgg13, about 9,460 thousand parameters) larger than its teacher "
                + "(resnet20, about 272 thousand parameters); advised: a student smaller than its teacher."
        ),
        (
            "student: { model: resnet20, width: 2 }",
            "2:36: warning: student.width: found a student (resnet20 at width 2, about 1,088 thousand parameters) larger "
                + "than its teacher (resnet20, about 272 thousand parameters); advised: a student smaller than its teacher."
        ),
        (
            "distillation: { alpha: 0 }",
            "2:24: warning: distillation.alpha: found 0, so that the student learns nothing from the teacher; advised: "
                + "above 0; the default is 0.9."
        ),
        (
            "training: { optimizer: adamw, learningRate: 0.1 }",
            "2:45: warning: training.learningRate: found 0.1 with adamw, at which training often diverges; advised: at "
                + "most 0.01; the default is 0.001."
        ),
        (
            "training: { patience: 30 }",
            "2:23: warning: training.patience: found 30, which no training here is long enough to reach; advised: less "
                + "than the number of epochs."
        ),
        (
            "training: { labelSmoothing: 10% }",
            "2:29: warning: training.labelSmoothing: found 0.1, and a teacher trained with smoothed labels teaches less "
                + "(Mueller et al. 2019); advised: 0 when distilling."
        ),
    ])
    func warned(line: String, message: String) throws {
        let parsed = try parse("dataset: a\n\(line)\n")
        #expect(parsed.warnings.map(\.description) == ["cifar.job.yaml:" + message])
        #expect(parsed.warnings.allSatisfy { $0.severity == .warning })
    }

    @Test(arguments: [
        "teacher: resnet20\nstudent: resnet20", "distillation: { alpha: 0.01 }", "training: { patience: 29 }",
        "training: { learningRate: 1 }", "teacher: { model: resnet8, width: 2 }\nstudent: resnet20",
        "training: { augment: strong }",
    ])
    func notWarned(lines: String) throws {
        #expect(try parse("dataset: a\n\(lines)\n").warnings.isEmpty)
    }

    @Test func everyPresetHasASizeToCompare() throws {
        for model in NetworkSpec.presets {
            let teacher = "teacher: { model: \(model), width: 8 }\nstudent: { model: \(model), width: 0.125 }"
            #expect(try parse("dataset: a\n" + teacher).warnings.isEmpty)
            let swapped = "teacher: { model: \(model), width: 0.125 }\nstudent: { model: \(model), width: 8 }"
            #expect(try parse("dataset: a\n" + swapped).warnings.count == 1, "\(model)")
        }
    }
}
