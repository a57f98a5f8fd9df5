import Manifests
import Reporting
import Testing

struct AdviceTests {
    private func advice(_ models: ModelResults, change: (inout JobReport) -> Void = { _ in }) -> [Advice] {
        var report = SampleReport().make()
        report.models = models
        report.verdict = Verdict(models: models)
        report.epochs = []
        change(&report)
        return Advice.all(report)
    }

    @Test func shippingFollowsTheOutcome() {
        let gained = advice(MadeModels.models(teacher: 860, student: 800, baseline: 760))
        #expect(gained.first?.title == "Ship the distilled student")
        #expect(gained.first?.reason.contains("Expect between 77.4% and 82.4% of right answers") == true)
        let lost = advice(MadeModels.models(teacher: 860, student: 760, baseline: 800))
        #expect(lost.first?.title == "Do not ship the distilled student: the plain one is better")
        #expect(lost.first?.reason.contains("distillation.alpha: 0") == true)
        let tie = advice(MadeModels.models(teacher: 860, student: 800, baseline: 790, alsoDiffer: 40))
        #expect(tie.first?.title == "Ship either student: this test cannot tell them apart")
        let guess = advice(MadeModels.models(teacher: 860, student: 100, baseline: 100))
        #expect(guess.map(\.title) == ["Do not ship this student"])
        let alone = advice(MadeModels.models(teacher: 860, student: 800, baseline: nil))
        #expect(alone.first?.title == "Judge the student by its own figures")
    }

    @Test func imagesNeededGrowWithTheSquareOfTheNoise() throws {
        let seen = PairedComparison(count: 1000, onlyFirst: 50, onlySecond: 40)
        let needed = try #require(ShippingAdvice.imagesNeeded(seen))
        // With as many times the images and the same shares, the interval ends 0.84 standard errors above 0.
        let times = Double(needed) / 1000
        let more = PairedComparison(count: needed, onlyFirst: Int(50 * times), onlySecond: Int(40 * times))
        let error = (more.interval95.upper - more.interval95.lower) / 2 / Interval.z95
        #expect(abs(more.interval95.lower / error - 0.8416) < 0.03)
        #expect(needed > 1000 && needed % 100 == 0)
        #expect(ShippingAdvice.imagesNeeded(PairedComparison(count: 1000, onlyFirst: 40, onlySecond: 40)) == nil)
        #expect(ShippingAdvice.imagesNeeded(PairedComparison(count: 1000, onlyFirst: 90, onlySecond: 20)) == nil)
        #expect(ShippingAdvice.imagesNeeded(PairedComparison(count: 100_000, onlyFirst: 4001, onlySecond: 4000)) == nil)
    }

    /// Models whose class 0 has the given numbers right of 100, where all others have 90.
    private func weak(teacher: Int, student: Int) -> ModelResults {
        func confusion(_ first: Int) -> [[Int]] {
            (0..<10).map { label in
                let right = label == 0 ? first : 90
                return (0..<10).map { $0 == label ? right : $0 == (label + 5) % 10 ? 100 - right : 0 }
            }
        }
        func model(_ role: ModelResult.Role, _ first: Int) -> ModelResult {
            ModelResult(
                role: role, model: "resnet8", width: 1, parameters: 10, multiplyAccumulates: 1, fileBytes: 1,
                evaluationAccuracy: 0.9, testLoss: 1, latencyMilliseconds: 1, imagesPerSecond: 1,
                confusion: confusion(first), epochsRun: 1, bestEpoch: 1, trainSeconds: 1)
        }
        let (t, s) = (model(.teacher, teacher), model(.student, student))
        return ModelResults(
            teacher: t, student: s, baseline: nil,
            studentAgainstTeacher: MadeModels.comparison(s, t, alsoDiffer: 0), studentAgainstBaseline: nil)
    }

    @Test func aClassHardForBothWantsImages() {
        let titles = advice(weak(teacher: 55, student: 50)).map(\.title)
        #expect(titles.contains("Collect more images of 'airplane'"))
        #expect(!titles.contains { $0.contains("larger student") })
    }

    @Test func aClassHardForTheStudentWantsALargerOne() {
        let titles = advice(weak(teacher: 90, student: 50)).map(\.title)
        #expect(titles.contains("If 'airplane' matters, try a larger student"))
        #expect(!titles.contains { $0.hasPrefix("Collect") })
    }

    @Test func aDifferenceWithinNoiseAdvisesNothing() {
        let titles = advice(weak(teacher: 90, student: 84)).map(\.title)
        #expect(!titles.contains { $0.hasPrefix("Collect") || $0.contains("larger student") })
    }

    @Test func aPairWithMostMistakesIsNamed() {
        let found = advice(weak(teacher: 90, student: 50))
        #expect(
            found.contains {
                $0.title == "Look at 'airplane' and 'dog' together"
                    && $0.reason.hasPrefix("60 of the student's 140 mistakes")
            })
        // Ten pairs with a tenth of the mistakes each: none stands out.
        #expect(
            !advice(MadeModels.models(teacher: 860, student: 800, baseline: nil)).contains {
                $0.title.hasPrefix("Look at")
            })
    }

    @Test func fewTestImagesAreSaid() {
        let titles = advice(MadeModels.models(teacher: 90, student: 85, baseline: nil, of: 100)).map(\.title)
        #expect(titles.contains("Test with more images of every class"))
        #expect(
            !advice(MadeModels.models(teacher: 860, student: 800, baseline: nil)).contains {
                $0.title.hasPrefix("Test with")
            })
    }

    @Test func curvesAdviseOnFitting() {
        func record(_ training: Double, _ evaluation: Double, loss: Double = 1) -> EpochRecord {
            EpochRecord(
                stage: .student, epoch: 1, epochs: 1, learningRate: 0.1, trainLoss: loss, trainAccuracy: training,
                evaluationLoss: 1, evaluationAccuracy: evaluation, imagesPerSecond: 1, seconds: 1)
        }
        let models = MadeModels.models(teacher: 860, student: 800, baseline: nil)
        func titles(_ records: [EpochRecord]) -> [String] { advice(models) { $0.epochs = records }.map(\.title) }
        #expect(titles([record(0.99, 0.8)]).contains("More training images would help, or training.augment: strong"))
        #expect(titles([record(0.8, 0.8)]).contains("Room to grow: more student.epochs or a wider student"))
        #expect(titles([record(0.85, 0.8)]).count == titles([]).count)
        #expect(
            titles([record(.nan, .nan, loss: .nan)]).contains(
                "Lower training.learningRate, or set training.clipGradient"))
    }

    @Test func namesInAdviceAreShort() {
        for advice in Advice.all(SampleReport.hostile) { #expect(advice.title.count < 300) }
    }
}
