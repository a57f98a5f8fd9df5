import Manifests
import Testing

/// What a valid manifest means.
@Suite struct ValueTests {
    @Test func everyKeyIsRead() throws {
        let parsed = try parse(fullManifest)
        let training = TrainingSpec(
            batch: 64, learningRate: 0.003, optimizer: .adamw, momentum: 0.85, weightDecay: 0.015, schedule: .cosine,
            warmup: 0.05, labelSmoothing: 0,
            augment: AugmentSpec(crop: 0.1, flip: false, cutout: 0.3, colorJitter: 0.1, mixup: 0.4), clipGradient: 5,
            ema: 0.999, patience: 12)
        let expected = JobSpec(
            name: "cifar-tiny", dataset: "cifar10.zip",
            input: InputSpec(width: 32, height: 24, channels: .gray, fit: .pad, background: "#A0b1C2"),
            split: SplitSpec(evaluation: 0.05, test: 0.2), maxCorrupt: 0.02,
            teacher: NetworkSpec(model: "wrn-16-2", width: 0.5, epochs: 20),
            student: NetworkSpec(model: "convnet3", width: 2, epochs: 40),
            distillation: DistillationSpec(
                method: .dkd, temperature: 6.5, alpha: 0.75, standardize: true, targetWeight: 2, otherWeight: 4,
                anneal: .cosine, alphaEnd: 0.5, temperatureEnd: 2, stopAfter: 0.8, combine: .classes, revise: .swap,
                weightByGap: true, gate: true, weakTeacher: .drop, views: 0),
            training: training, baseline: false, seed: .max, priority: -7,
            assistants: [AssistantSpec(model: nil), AssistantSpec(model: "vgg8", width: 0.5, epochs: 5)])
        #expect(parsed == ParsedManifest(spec: expected, warnings: []))
    }

    @Test func onlyTheDatasetIsNeeded() throws {
        let parsed = try parse("dataset: cifar10.zip\n")
        #expect(parsed.spec == JobSpec(name: "cifar", dataset: "cifar10.zip"))
        #expect(parsed.warnings.isEmpty)
    }

    @Test func jsonIsReadToo() throws {
        let parsed = try parse(#"{"dataset": "a", "student": {"model": "convnet3", "epochs": 3}}"#)
        #expect(parsed.spec.student == NetworkSpec(model: "convnet3", epochs: 3))
    }

    @Test(arguments: [
        ("Inbox/cifar.job.yaml", "cifar"), ("cifar.job.yml", "cifar"), ("cifar.yaml", "cifar"), ("cifar.yml", "cifar"),
        ("größe 2.job.yaml", "gr-e-2"), (".job.yaml", "job"), ("...job.yaml", "job"), ("日本.job.yaml", "job"),
        (String(repeating: "a", count: 90) + ".job.yaml", String(repeating: "a", count: 64)),
    ])
    func theNameIsMadeFromTheFile(file: String, name: String) throws {
        let spec = try parse("dataset: a", file: file).spec
        #expect(spec.name == name)
        #expect(JobName.isValid(spec.name))
    }

    @Test func theCallerMayNameTheJob() throws {
        let parsed = try ManifestParser.parse(Array("dataset: a".utf8), file: "job.yaml", defaultName: "cats & dogs")
        #expect(parsed.spec.name == "cats-dogs")
        let named = try ManifestParser.parse(
            Array("dataset: a\nname: mine".utf8), file: "job.yaml", defaultName: "other")
        #expect(named.spec.name == "mine")
    }

    @Test func anOptimizerBringsItsDefaults() throws {
        let adamw = try parse("dataset: a\ntraining: { optimizer: adamw }").spec.training
        #expect(adamw.learningRate == 0.001 && adamw.weightDecay == 0.05)
        let sgd = try parse("dataset: a\ntraining: { optimizer: sgd }").spec.training
        #expect(sgd.learningRate == 0.1 && sgd.weightDecay == 5e-4)
        let own = try parse("dataset: a\ntraining: { learningRate: 0.002, optimizer: adamw, weightDecay: 0 }")
        #expect(own.spec.training.learningRate == 0.002 && own.spec.training.weightDecay == 0)
    }

    @Test func aModelAloneStandsForItsNetwork() throws {
        let spec = try parse("dataset: a\nteacher: vgg13\nstudent: 'vgg8'").spec
        #expect(spec.teacher == NetworkSpec(model: "vgg13", epochs: NetworkSpec.defaultTeacher.epochs))
        #expect(spec.student == NetworkSpec(model: "vgg8", epochs: NetworkSpec.defaultStudent.epochs))
    }

    @Test(arguments: [
        ("none", AugmentSpec.none), ("standard", .standard), ("strong", .strong),
        ("{ mixup: 0.2 }", AugmentSpec(crop: 0.125, flip: true, cutout: 0, colorJitter: 0, mixup: 0.2)),
    ])
    func augmentationHasWordsAndKeys(text: String, expected: AugmentSpec) throws {
        #expect(try parse("dataset: a\ntraining: { augment: \(text) }").spec.training.augment == expected)
    }

    @Test(arguments: [
        ("1e-3", 1e-3), ("0.1", 0.1), (".5", 0.5), ("2.", 2), ("+1", 1), ("1E0", 1), ("1e+0", 1), ("0.5e1", 5),
        ("3", 3),
    ])
    func numbersAreDecimal(text: String, value: Double) throws {
        #expect(
            try parse("dataset: a\ntraining: { learningRate: \(text), optimizer: sgd }").spec.training.learningRate
                == value)
    }

    @Test(arguments: [("1%", 0.01), ("0.5%", 0.005), ("100%", 1), ("0 %", 0), ("-0", 0), ("0.25", 0.25)])
    func sharesMayBePercentages(text: String, value: Double) throws {
        #expect(try parse("dataset: a\nmaxCorrupt: \(text)").spec.maxCorrupt == value)
    }

    @Test func wordsThatYAMLWouldTakeForOtherTypesStayText() throws {
        let spec = try parse("dataset: 2024\nname: no").spec
        #expect(spec.dataset == "2024" && spec.name == "no")
    }

    @Test func whatIsWrittenAsAutoOrNoneIsTheDefault() throws {
        let text = """
            dataset: a
            input: { width: auto, height: auto, channels: auto }
            split: { evaluation: auto, test: auto }
            training: { clipGradient: none, ema: none, patience: none }
            """
        #expect(try parse(text).spec == JobSpec(name: "cifar", dataset: "a"))
    }

    @Test(arguments: ["a b.zip", "sub/folder", ".", "./a", "a..b", "..a", "/data/set", "/a b/ü", "a:b", "~tilde"])
    func datasetPaths(path: String) throws {
        let spec = try parse("dataset: '\(path)'").spec
        #expect(spec.dataset == path)
        #expect(spec.hasAbsoluteDataset == path.hasPrefix("/"))
    }

    @Test func byteOrderMarkAndWindowsLinesAreRead() throws {
        let spec = try parse("\u{FEFF}dataset: a\r\nseed: 3\r\n").spec
        #expect(spec.dataset == "a" && spec.seed == 3)
        #expect(places("\u{FEFF}dataset: a\r\nsede: 3\r\n") == ["2:1 sede"])
    }

    @Test func oneDocumentMayHaveItsMarks() throws {
        #expect(try parse("%YAML 1.2\n---\ndataset: a\n...\n").spec.dataset == "a")
    }
}
