import Reporting
import Testing

struct VerdictTests {
    @Test func gained() {
        let verdict = Verdict(models: MadeModels.models(teacher: 860, student: 800, baseline: 760))
        #expect(verdict.outcome == .gained)
        #expect(
            verdict.sentence
                == "The student keeps 93.0% of the teacher's accuracy (80.0% of 86.0%) with 3.5x fewer parameters; "
                + "distillation gained 4.0 points over training alone (76.0%), more than the noise of 1,000 test images."
        )
        #expect(abs((verdict.retained ?? 0) - 0.8 / 0.86) < 1e-12)
        #expect(abs((verdict.gain ?? 0) - 0.04) < 1e-12)
        #expect(verdict.parameterRatio == 3.5)
    }

    @Test func withinNoise() {
        let better = Verdict(models: MadeModels.models(teacher: 860, student: 800, baseline: 796, alsoDiffer: 40))
        #expect(better.outcome == .withinNoise)
        #expect(
            better.sentence.hasSuffix(
                "; distillation gained 0.4 points over training alone (79.6%), which is within the noise of 1,000 test "
                    + "images."))
        let worse = Verdict(models: MadeModels.models(teacher: 860, student: 800, baseline: 804, alsoDiffer: 40))
        #expect(worse.outcome == .withinNoise)
        #expect(
            worse.sentence.hasSuffix(
                "; distillation did not help: the student is 0.4 points below training alone (80.4%), within the noise of "
                    + "1,000 test images."))
        let equal = Verdict(models: MadeModels.models(teacher: 860, student: 800, baseline: 800))
        #expect(equal.outcome == .withinNoise)
        #expect(equal.sentence.hasSuffix("; distillation made no difference to training alone (80.0%)."))
    }

    @Test func lost() {
        let verdict = Verdict(models: MadeModels.models(teacher: 860, student: 760, baseline: 800))
        #expect(verdict.outcome == .lost)
        #expect(
            verdict.sentence.hasSuffix(
                "; distillation cost 4.0 points against training alone (80.0%), more than the noise of 1,000 test images, "
                    + "so the plain student is the better one here."))
    }

    @Test func notCompared() {
        let verdict = Verdict(models: MadeModels.models(teacher: 860, student: 800, baseline: nil))
        #expect(verdict.outcome == .notCompared)
        #expect(verdict.gain == nil)
        #expect(
            verdict.sentence
                == "The student keeps 93.0% of the teacher's accuracy (80.0% of 86.0%) with 3.5x fewer parameters.")
    }

    @Test func noBetterThanGuessing() {
        let both = Verdict(models: MadeModels.models(teacher: 110, student: 100, baseline: 90))
        #expect(both.outcome == .noBetterThanGuessing)
        #expect(
            both.sentence
                == "The student's 10.0% on 1,000 test images is no better than always naming the most frequent class "
                + "(10.0%), and neither is the teacher's 11.0%.")
        let alone = Verdict(models: MadeModels.models(teacher: 860, student: 100, baseline: nil))
        #expect(alone.sentence.hasSuffix("(10.0%), while the teacher reaches 86.0%."))
    }

    @Test func againstTheTeacher() {
        func sentence(_ teacher: Int, _ student: Int, _ differ: Int, _ parameters: Int = 3500) -> String {
            Verdict(
                models: MadeModels.models(
                    teacher: teacher, student: student, baseline: nil, alsoDiffer: differ,
                    teacherParameters: parameters)
            ).sentence
        }
        #expect(
            sentence(800, 850, 5)
                == "The student is more accurate than its teacher (85.0% against 80.0%) with 3.5x fewer parameters.")
        #expect(
            sentence(800, 801, 40)
                == "The student is as accurate as its teacher within the noise of the test set (80.1% against 80.0%) "
                + "with 3.5x fewer parameters.")
        #expect(
            sentence(800, 800, 5, 1000)
                == "The student is exactly as accurate as its teacher (80.0%) with as many parameters.")
        #expect(sentence(800, 800, 5, 500).hasSuffix("with 2.0x more parameters."))
    }

    @Test func fewTestImages() {
        let verdict = Verdict(models: MadeModels.models(teacher: 40, student: 38, baseline: nil, of: 50))
        #expect(verdict.sentence.hasSuffix("; but 50 test images are too few to be sure of any of this."))
        let one = Verdict(models: MadeModels.models(teacher: 1, student: 1, baseline: nil, of: 1, classes: 1))
        #expect(one.sentence.hasSuffix("; but 1 test image is too few to be sure of any of this."))
    }

    @Test func oneClassIsNoGuess() {
        let verdict = Verdict(models: MadeModels.models(teacher: 200, student: 200, baseline: 200, of: 200, classes: 1))
        #expect(verdict.outcome == .withinNoise)
    }

    @Test func aTeacherWithNothingRight() {
        let verdict = Verdict(models: MadeModels.models(teacher: 0, student: 800, baseline: nil))
        #expect(verdict.retained == nil)
        #expect(verdict.sentence.hasPrefix("The student is more accurate than its teacher (80.0% against 0.0%)"))
    }
}
