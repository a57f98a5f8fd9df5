import Manifests
import Testing

/// Whole messages, as a user sees them.
@Suite struct MessageTests {
    private static let trainingKeys =
        "batch, learningRate, optimizer, momentum, weightDecay, schedule, warmup, labelSmoothing, augment, clipGradient, "
        + "ema, patience, precision"
    private static let fileKeys =
        "name, dataset, input, split, maxCorrupt, teacher, teachers, assistants, student, distillation, training, "
        + "quantize, maxDrop, tune, search, target, baseline, seed, priority"
    private static let datasetAllowed =
        "the name of a folder or archive in the inbox or beside this file, or an absolute path below one of the "
        + "datasetRoots of the configuration"

    @Test func everyErrorOfAFileAtOnce() {
        let text = """
            datset: cifar10.zip
            teacher: resnet21
            input: { width: 32 }
            training:
              optimizer: sdg
              learning_rate: 0.1
              lr: 0.1
              batch: 1_000
            seed: 1
            seed: 2
            baseline: yes
            """
        #expect(
            messages(text) == [
                "cifar.job.yaml:1:1: datset: found an unknown key; allowed: \(Self.fileKeys). Did you mean \"dataset\"?",
                "cifar.job.yaml:2:10: teacher.model: found \"resnet21\"; allowed: "
                    + NetworkSpec.presets.joined(separator: ", ")
                    + ", student; or a mapping of model, width, epochs, file, preprocess, labels, hints. Did you mean "
                    + "\"resnet20\"?",
                "cifar.job.yaml:3:17: input.width: found 32 without a height; allowed: both width and height, or neither. "
                    + "Did you mean \"height: 32\"?",
                "cifar.job.yaml:5:14: training.optimizer: found \"sdg\"; allowed: sgd, adamw. Did you mean \"sgd\"?",
                "cifar.job.yaml:6:3: training.learning_rate: found an unknown key; allowed: \(Self.trainingKeys). "
                    + "Did you mean \"learningRate\"?",
                "cifar.job.yaml:7:3: training.lr: found an unknown key; allowed: \(Self.trainingKeys). "
                    + "Did you mean \"learningRate\"?",
                "cifar.job.yaml:8:10: training.batch: found \"1_000\", with a separator; allowed: a whole number from 2 to "
                    + "16,384. Did you mean \"1000\"?",
                "cifar.job.yaml:10:1: seed: found a second \"seed\" (the first is on line 9, column 1); allowed: each key "
                    + "once.",
                "cifar.job.yaml:11:11: baseline: found \"yes\"; allowed: true or false. Did you mean \"true\"?",
            ])
    }

    @Test(arguments: [
        ("", "cifar.job.yaml: found an empty file; allowed: at least \"dataset: ...\" (\(datasetAllowed))."),
        ("# nothing\n", "cifar.job.yaml: found an empty file; allowed: at least \"dataset: ...\" (\(datasetAllowed))."),
        ("seed: 1", "cifar.job.yaml: dataset: found no such key; allowed: \(datasetAllowed)."),
        ("dataset:\n", "cifar.job.yaml:1:9: dataset: found nothing; allowed: \(datasetAllowed)."),
        (
            "dataset: ../other",
            "cifar.job.yaml:1:10: dataset: found \"../other\", which leads upwards with ..; allowed: \(datasetAllowed)."
        ),
        (
            "- dataset: a",
            "cifar.job.yaml:1:1: found a list; allowed: a mapping: lines of the form \"key: value\"."
        ),
        (
            "dataset: a\nname: my job",
            "cifar.job.yaml:2:7: name: found \"my job\"; allowed: 1 to 64 of the characters a-z A-Z 0-9 . _ -, beginning "
                + "with a letter or digit. Did you mean \"my-job\"?"
        ),
        (
            "dataset: a\nsplit: { evaluation: 60%, test: 0.4 }",
            "cifar.job.yaml:2:33: split.test: found shares of 0.6 for evaluation and 0.4 for test, which leave nothing to "
                + "train on; allowed: shares whose sum is below 1."
        ),
        (
            "dataset: a\ntraining: { patience: 5 }\nsplit: { evaluation: 0 }",
            "cifar.job.yaml:3:22: split.evaluation: found patience 5 with evaluation 0, so nothing tells when to stop; "
                + "allowed: an evaluation share above 0, or patience none."
        ),
        (
            "dataset: a\ninput: { background: #ff0000\n  }",
            "cifar.job.yaml:3:3: input.background: found nothing; allowed: a colour \"#RRGGBB\" in quotes (an unquoted # "
                + "begins a comment)."
        ),
        (
            "dataset: a\nseed: -1",
            "cifar.job.yaml:2:7: seed: found \"-1\"; allowed: a whole number from 0 to 18446744073709551615."
        ),
        (
            "dataset: a\nbaseline: \"true\"",
            "cifar.job.yaml:2:11: baseline: found \"true\" in quotes, which make it text; allowed: true or false."
        ),
    ])
    func single(text: String, message: String) {
        #expect(messages(text) == [message])
    }

    /// What to write instead, for things that people know from elsewhere.
    @Test(arguments: [
        ("trainig: {}", "training"), ("epochs: 3", "teacher.epochs\" or \"student.epochs"),
        ("optimizer: sgd", "training.optimizer"), ("lr: 1", "student.learningRate\" or \"training.learningRate"),
        ("model: resnet8", "teacher.model\" or \"student.model"),
        ("max_corrupt: 1%", "maxCorrupt"), ("Seed: 1", "seed"), ("temperature: 4", "distillation.temperature"),
        ("training: { optimiser: sgd }", "optimizer"), ("training: { batch_size: 3 }", "batch"),
        ("training: { bacth: 3 }", "batch"), ("training: { weight-decay: 0 }", "weightDecay"),
        ("training: { scheduler: step }", "schedule"), ("training: { alpha: 1 }", "distillation.alpha"),
        ("distillation: { T: 4 }", "temperature"), ("training: { optimizer: Adam }", "adamw"),
        ("training: { schedule: one-cycle }", "onecycle"), ("training: { augment: srtong }", "strong"),
        ("student: ResNet-8", "resnet8"), ("student: { model: wideresnet_16_2 }", "wrn-16-2"),
        ("input: { channels: grey }", "gray"), ("input: { channels: 3 }", "rgb"), ("input: { fit: letterbox }", "pad"),
        ("input: { background: ff0000 }", "#ff0000"), ("input: { background: '#abc' }", "#aabbcc"),
        ("maxCorrupt: 5", "5%"), ("seed: 0x1F", "31"), ("seed: 0o17", "15"), ("seed: 1.0", "1"), ("seed: 1e3", "1000"),
        ("seed: 1,000", "1000"), ("distillation: { temperature: '2,5' }", "2.5"), ("baseline: off", "false"),
        ("baseline: True", "true"), ("training: { patience: null }", "none"), ("training: { ema: off }", "none"),
        ("student: {epochs:3}", "epochs: 3"),
    ])
    func suggestions(line: String, suggestion: String) {
        let found = problems(Array("dataset: a\n\(line)\n".utf8))
        #expect(found.count == 1)
        #expect(found.first?.suggestion == suggestion)
    }

    /// A guess that would be refused in its turn, or that has little in common with what stands there, is none.
    @Test(arguments: [
        "zzz: 1", "training: { zzzzzz: 1 }", "teacher: alexnet", "priority: 0x1000",
        "training: { batch: 1_0_0_0_0_0_0 }",
        "seed: 010", "x: 1", "seed: [1]", "training: { learningRate: .inf }", "training: { learningRate: \"0,x\" }",
    ])
    func noSuggestion(line: String) {
        let found = problems(Array("dataset: a\n\(line)\n".utf8))
        #expect(found.count == 1)
        #expect(found.first?.suggestion == nil, "\(found)")
    }

    @Test func failureForTheReport() throws {
        let error = try #require(throws: ManifestProblems.self) {
            try ManifestParser.parse(Array("dataset: a\nsede: 1\nbaseline: on".utf8), file: "x.job.yaml")
        }
        #expect(error.failure.code == "manifest.invalid")
        #expect(error.failure.what == "x.job.yaml has 2 problems, so nothing was started.")
        #expect(error.failure.location == "x.job.yaml:2:1")
        #expect(error.failure.details == error.problems.map(\.description))
        #expect(error.failure.fix.contains("distilld check x.job.yaml"))
        #expect(error.description == error.problems.map(\.description).joined(separator: "\n"))
    }

    @Test func aLongListIsCut() {
        let keys = (0..<150).map { "wrong\($0): 1\n" }.joined()
        let found = problems(Array(("dataset: a\n" + keys).utf8))
        #expect(found.count == 101)
        #expect(found.last?.found == "50 more problems from here on")
        #expect(found.last?.line == 102)
    }

    @Test func oddTextStaysOneReadableLine() {
        let text = "dataset: a\n\"two\\nlines \\u202Eback\": 1\nname: \"" + String(repeating: "x", count: 500) + "\"\n"
        let found = messages(text)
        #expect(found.count == 2)
        #expect(found[0].contains(#""two\nlines \u{202E}back""#))
        #expect(found.allSatisfy { !$0.contains("\n") && !$0.contains("\u{202E}") && $0.utf8.count < 400 })
    }
}
