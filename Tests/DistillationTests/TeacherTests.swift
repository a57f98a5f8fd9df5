import Compute
import Distillation
import Foundation
import Manifests
import Networks
import Testing

/// How several teachers become one, against values from PyTorch.
struct TeacherTests {
    private struct Goldens: Decodable {
        var mixtures: [Mixture]
        var calibrations: [CalibrationCase]
        var feeds: [Feed]
        var curriculum: Curriculum
    }

    private struct Mixture: Decodable {
        var name: String
        var teachers, count, classes: Int
        var temperature: Float
        var combine: DistillationSpec.Combination
        var weights: [Double]
        var revise: DistillationSpec.Revision
        var standardize: Bool
        var classWeights: [[Float]]?
        var logits: [Float]
        var labels: [Int]
        var probabilities, trust: [Float]
        var wrong: Int
    }

    private struct CalibrationCase: Decodable {
        var name: String
        var classes: Int
        var logits: [Float]
        var labels: [Int32]
        var temperature, error, calibratedError, loss, calibratedLoss: Double
    }

    private struct Feed: Decodable {
        var from, to: [Int]
        var mean, std, ownMean, ownStd, input, output: [Float]
    }

    private struct Curriculum: Decodable {
        struct Step: Decodable { var gradient, factor, temperature: Double }
        var first: Double
        var steps: [Step]
    }

    private static func goldens() throws -> Goldens {
        let url = Bundle.module.bundleURL.appendingPathComponent("Goldens/teachers.json")
        return try JSONDecoder().decode(Goldens.self, from: Data(contentsOf: url))
    }

    private static func teacher(weight: Double = 1, classWeights: [Float]? = nil) throws -> Teacher {
        let graph = try Stripes.linear()
        return Teacher(
            TrainedNetwork(graph: graph, parameters: .initialized(for: graph, seed: 1)), weight: weight,
            classWeights: classWeights)
    }

    @Test func mixturesArePyTorchs() throws {
        let cases = try Self.goldens().mixtures
        #expect(cases.count == 12)
        for golden in cases {
            let teachers = try (0..<golden.teachers).map {
                try Self.teacher(weight: golden.weights[$0], classWeights: golden.classWeights?[$0])
            }
            let spec = DistillationSpec(
                standardize: golden.standardize, combine: golden.combine, revise: golden.revise)
            let mixture = TeacherMixture(teachers, spec, maximumBatch: golden.count, classes: golden.classes)
            let size = golden.count * golden.classes
            var targets = [Float](repeating: 0, count: size)
            for (i, label) in golden.labels.enumerated() { targets[i * golden.classes + label] = 1 }
            var (logits, mixed) = (golden.logits, [Float](repeating: .nan, count: size))
            var trust = [Float](repeating: .nan, count: golden.count)
            let wrong = mixture.mix(
                &logits, stride: size, targets: targets, count: golden.count, temperature: golden.temperature,
                into: &mixed, trust: &trust)
            #expect(wrong == golden.wrong && wrong > 0, "\(golden.name)")
            #expect(largestDifference(trust, golden.trust) < 2e-6, "\(golden.name)")
            let found = stride(from: 0, to: size, by: golden.classes).flatMap {
                probabilities(Array(mixed[$0..<$0 + golden.classes]), temperature: golden.temperature)
            }
            #expect(largestDifference(found, golden.probabilities) < 2e-6, "\(golden.name)")
            #expect(mixture.weighsImages == (golden.classWeights != nil || golden.revise == .discount))
        }
    }

    @Test func teachersWithoutAnyWeightForAnImageLeaveItToTheLabel() throws {
        let teachers = try (0..<2).map { _ in try Self.teacher(classWeights: [0, 1, 1]) }
        let mixture = TeacherMixture(teachers, DistillationSpec(), maximumBatch: 1, classes: 3)
        var (logits, mixed, trust): ([Float], [Float], [Float]) = ([5, 1, 0, 3, 1, 0], [.nan, .nan, .nan], [.nan])
        _ = mixture.mix(
            &logits, stride: 3, targets: [1, 0, 0], count: 1, temperature: 4, into: &mixed, trust: &trust)
        #expect(trust == [0] && mixed == [0, 0, 0])
        var (dLogits, expected): ([Float], [Float]) = ([0, 0, 0], [0, 0, 0])
        let labels = CrossEntropy.evaluate(
            [0, 1, 2], targets: [1, 0, 0], dLogits: &expected, count: 1, classes: 3)
        let taught = trust.withUnsafeBufferPointer {
            DistillationLoss(DistillationSpec(method: .kd), maximumBatch: 1, classes: 3).evaluate(
                [0, 1, 2], teacher: mixed, trust: $0.baseAddress, targets: [1, 0, 0], dLogits: &dLogits, count: 1,
                alpha: 0.9, temperature: 4)
        }
        #expect(dLogits == expected && abs(taught.batch.loss - labels.loss) < 1e-7)
    }

    /// The other label of a mixed image is no mistake, where it has at least half the share.
    @Test(arguments: [(Float(0.6), false), (0.7, true)])
    func mixedImagesHaveTwoRightAnswers(share: Float, isSwapped: Bool) throws {
        let mixture = TeacherMixture(
            [try Self.teacher()], DistillationSpec(revise: .swap), maximumBatch: 1, classes: 3)
        var (logits, mixed, trust): ([Float], [Float], [Float]) = ([1, 4, 0], [0, 0, 0], [0])
        let wrong = mixture.mix(
            &logits, stride: 3, targets: [share, 1 - share, 0], count: 1, temperature: 4, into: &mixed, trust: &trust)
        #expect(wrong == (isSwapped ? 1 : 0))
        #expect(mixed == (isSwapped ? [4, 1, 0] : [1, 4, 0]))
    }

    @Test func inputIsScaledAndNormalisedAsPyTorchs() throws {
        for golden in try Self.goldens().feeds {
            let to = Graph.Shape(height: golden.to[0], width: golden.to[1], channels: golden.to[2])
            var builder = try GraphBuilder(input: to)
            let pool = try builder.append(.globalAveragePool, [builder.input], "pool")
            try builder.append(.linear(outputs: 2), [pool], "fc")
            let graph = builder.graph()
            let teacher = Teacher(
                TrainedNetwork(graph: graph, parameters: .initialized(for: graph, seed: 1)),
                normalization: Teacher.Normalization(mean: golden.ownMean, std: golden.ownStd))
            let feed = TeacherFeed(
                teacher, input: Graph.Shape(height: golden.from[0], width: golden.from[1], channels: golden.from[2]),
                mean: golden.mean, std: golden.std)
            var output = [Float](repeating: .nan, count: golden.output.count)
            feed.fill(&output, from: golden.input, count: 2, pool: ThreadPool(threads: 2))
            #expect(largestDifference(output, golden.output) < 4e-6, "\(golden.from) to \(golden.to)")
        }
    }

    @Test func calibrationIsPyTorchs() throws {
        for golden in try Self.goldens().calibrations {
            let calibration = Calibration(
                HeldOutAnswers(logits: golden.logits, labels: golden.labels, classes: golden.classes))
            #expect(abs(calibration.temperature - golden.temperature) < 1e-4 * golden.temperature, "\(golden.name)")
            #expect(abs(calibration.error - golden.error) < 1e-6, "\(golden.name)")
            #expect(abs(calibration.loss - golden.loss) < 1e-6, "\(golden.name)")
            #expect(abs(calibration.calibratedLoss - golden.calibratedLoss) < 1e-6, "\(golden.name)")
            // An image at the edge of a bin may fall to either side.
            #expect(abs(calibration.calibratedError - golden.calibratedError) < 0.01, "\(golden.name)")
        }
    }

    @Test func aTeacherThatIsAlwaysRightIsCalibratedToTheLowestTemperature() {
        let answers = HeldOutAnswers(logits: [3, 0, 0, 2], labels: [0, 1], classes: 2)
        let calibration = Calibration(answers)
        #expect(abs(calibration.temperature - Calibration.temperatures.lowerBound) < 1e-3)
        #expect(calibration.calibratedLoss < calibration.loss)
    }

    @Test func curriculumClimbsAsPyTorchsReversedGradient() throws {
        let golden = try Self.goldens().curriculum
        var curriculum = CurriculumTemperature(temperature: golden.first)
        #expect(abs(curriculum.value - golden.first) < 1e-9)
        for (step, row) in golden.steps.enumerated() {
            // A quarter of 32 steps.
            let factor = CurriculumTemperature.factor(step: step, of: 32)
            #expect(abs(factor - row.factor) < 1e-8)
            curriculum.climb(gradient: row.gradient, factor: factor)
            #expect(abs(curriculum.value - row.temperature) < 1e-6, "step \(step)")
        }
    }
}
