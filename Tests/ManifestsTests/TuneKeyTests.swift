import Manifests
import Testing

/// `tune`, `search`, `method: auto` and the student's own training.
struct TuneKeyTests {
    private func spec(_ text: String) throws -> JobSpec { try parse("dataset: a\n" + text).spec }

    /// `auto` without tuning: relations for a plain teacher, Hinton's loss for whoever says more of it.
    @Test(
        arguments: [
            ("", .dist, 0.5), ("distillation: { views: 2, weakTeacher: warn }", .dist, 0.5),
            ("distillation: { alpha: 0.5, temperature: 4 }", .dist, 0.5), ("distillation: { alpha: 0.7 }", .kd, 0.7),
            ("distillation: { temperature: 2 }", .kd, 0.9), ("distillation: { revise: swap }", .kd, 0.9),
            ("distillation: { curriculum: true }", .kd, 0.9), ("teachers: [resnet20, wrn-16-2]", .kd, 0.9),
            ("distillation: { method: dist }", .dist, 0.5), ("distillation: { method: dist, alpha: 0.9 }", .dist, 0.9),
            ("distillation: { method: kd }", .kd, 0.9), ("distillation: { method: dkd }", .dkd, 0.9),
        ] as [(String, DistillationSpec.Method, Double)])
    func whatAutoIs(_ text: String, _ method: DistillationSpec.Method, _ alpha: Double) throws {
        let found = try spec(text).distillation
        #expect(found.method == method && found.alpha == alpha && found.isAuto == !text.contains("method"))
    }

    /// Two logits have no relations but which is larger.
    @Test func autoWithTwoClassesIsHintons() throws {
        let plain = try spec("").distillation
        #expect(plain.suited(classes: 3) == plain)
        #expect(plain.suited(classes: 2).method == .kd && plain.suited(classes: 2).alpha == 0.9)
        let asked = try spec("distillation: { method: dist }").distillation
        #expect(asked.suited(classes: 2) == asked)
    }

    @Test func nothingIsTunedWhereNothingIsSaid() throws {
        let plain = try spec("")
        #expect(plain.tuning == nil && plain.search == nil && plain.target == nil && plain.tune.trials == nil)
        #expect(plain.distillation.isAuto && plain.distillation.method == .dist && plain.distillation.alpha == 0.5)
        #expect(try spec("tune: none").tuning == nil)
    }

    @Test func aPartOfTuneMeansTheRest() throws {
        #expect(try spec("tune: 12").tune == TuneSpec(trials: 12))
        #expect(try spec("tune: { budget: 2h }").tune == TuneSpec(trials: 24, budget: 7200))
        let whole = try spec("tune: { trials: 30, budget: 1h30m, objective: accuracy@size, price: 0.5 }").tune
        #expect(whole == TuneSpec(trials: 30, budget: 5400, objective: .accuracyAtSize, price: 0.5))
        #expect(try spec("tune: { trials: none, objective: accuracy@latency }").tune.trials == nil)
    }

    @Test(arguments: [("60s", 60), ("1m30s", 90), ("90m", 5400), ("2d", 172_800), ("1d12h", 129_600), ("3H", 10_800)])
    func times(text: String, seconds: Int) throws {
        let job = try spec("tune: { budget: \(text) }")
        #expect(job.tune.budget == seconds)
        #expect(try parse(JobSpecWriter.yaml(job)).spec == job)
    }

    @Test(arguments: ["2 hours", "h", "30m1h", "1h1h", "59s", "1.5h", "\"2h\"", "[2h]", "-1h", "99999999999d"])
    func whatIsNoTime(text: String) {
        let found = messages("dataset: a\ntune: { budget: \(text) }")
        #expect(
            found.count == 1 && found[0].contains("a time from 1m to 365d, such as 45s, 90m, 2h or 1h30m"), "\(found)")
    }

    @Test func aBareNumberOfSecondsIsSaidWithItsUnit() {
        #expect(
            messages("dataset: a\ntune: { budget: 7200 }").first?.hasSuffix("Did you mean \"7200s\"?") == true)
    }

    @Test func search() throws {
        let job = try spec(
            "search: [{ model: resnet8, width: 0.5 }, resnet8, vgg8]\ntarget: 90%\nstudent: { epochs: 7 }")
        #expect(job.search?.map(\.name) == ["resnet8-w0.5", "resnet8", "vgg8"])
        #expect(job.target == 0.9)
        #expect(job.student == NetworkSpec(model: "resnet8", width: 0.5, epochs: 7))
    }

    @Test func combinations() {
        #expect(
            places(
                "dataset: a\nsplit: { evaluation: 0 }\ntune: 8\n") == ["3:7 tune"])
        #expect(places("dataset: a\ntarget: 0.9\n") == ["2:9 target"])
        #expect(places("dataset: a\nstudent: vgg8\nsearch: [vgg8, resnet8]\n") == ["3:9 search"])
        #expect(places("dataset: a\nsearch: [vgg8, { model: vgg8, width: 1 }]\n") == ["2:9 search"])
        #expect(places("dataset: a\nsearch: [vgg8]\n") == ["2:9 search"])
        #expect(places("dataset: a\ntune: 3\n") == ["2:7 tune.trials"])
    }

    @Test func settingsAreWrittenIntoTheJob() throws {
        let job = try spec("training: { learningRate: 0.05, augment: standard }\ntune: 24")
        let changed = job.with(
            TrialSettings(
                learningRate: 0.2, temperature: 2, alpha: 0.5, method: .dist, feature: .sp, featureWeight: 0.1,
                augment: 2))
        #expect(changed.training == job.training && changed.studentTraining.learningRate == 0.2)
        #expect(
            changed.studentTraining.augment
                == AugmentSpec(crop: 0.125, flip: true, cutout: 0.25, colorJitter: 0.2, mixup: 0))
        #expect(changed.distillation.method == .dist && changed.distillation.alpha == 0.5)
        #expect(changed.distillation.features == [FeatureSpec(.sp, weight: 300)])
        var settled = changed
        settled.tuning = nil
        settled.distillation.isAuto = false
        let text = JobSpecWriter.yaml(settled)
        #expect(
            text.contains("  method: dist ") && text.contains("  learningRate: 0.2 ") && text.contains("  augment: 2 "))
        #expect(try parse(text).spec == settled)
        #expect(try spec("student: { learningRate: 0.2 }").studentTraining.learningRate == 0.2)
        #expect(job.with(TrialSettings()) == job)
    }

    @Test func strengthsOfAugmentation() {
        let own = AugmentSpec(crop: 0.2, flip: false, cutout: 0.3, colorJitter: 0.1, mixup: 0.4)
        #expect(own.scaled(by: 1) == own)
        #expect(own.scaled(by: 0) == AugmentSpec(crop: 0, flip: false, cutout: 0, colorJitter: 0, mixup: 0))
        #expect(own.scaled(by: 2) == AugmentSpec(crop: 0.2, flip: false, cutout: 0.3, colorJitter: 0.2, mixup: 0.4))
        #expect(AugmentSpec.standard.scaled(by: 0.5).crop == 0.0625)
    }

    @Test(arguments: [(0.123456, 0.123), (98765, 98800), (-0.00012345, -0.000123), (1, 1), (0, 0), (9.999, 10)])
    func significantDigits(value: Double, rounded: Double) { #expect(value.significant(3) == rounded) }
}
