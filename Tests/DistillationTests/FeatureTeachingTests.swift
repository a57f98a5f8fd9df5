import Compute
import Distillation
import Foundation
import Manifests
import Networks
import Testing

/// Students that learn from a teacher's activations, through the trainer.
struct FeatureTeachingTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func learn(
        _ features: [FeatureSpec]?, _ name: String, alpha: Double = 0, teachers: [Teacher]? = nil,
        optimizer: TrainingSpec.Optimizer = .sgd, epochs: Int = 6
    ) throws -> TrainingOutcome {
        try runTraining(
            TrainingSpec(
                batch: 16, learningRate: optimizer == .sgd ? 0.1 : 0.005, optimizer: optimizer,
                augment: AugmentSpec.none), epochs: epochs,
            data: Stripes.data(train: 180, evaluation: 90), store: CheckpointStore(directory: folder.path + "/" + name),
            graph: Stripes.network(channels: 6), teachers: teachers ?? [Teacher(Stripes.taught())],
            distillation: DistillationSpec(alpha: alpha, features: features), seed: 2)
    }

    /// What the loss asks for comes nearer, by every method, while the labels are learned.
    @Test(arguments: FeatureSpec.Method.allCases) func lossesFall(method: FeatureSpec.Method) throws {
        let outcome = try learn([FeatureSpec(method)], "student")
        let losses = outcome.records.compactMap { $0.teaching?.featureLoss }
        try #require(losses.count == 6)
        #expect(losses[0] > 0 && losses[5] < 0.7 * losses[0], "\(losses)")
        #expect(outcome.records.last!.evaluationAccuracy > 0.8)
        #expect(outcome.records.allSatisfy { $0.teaching?.alpha == 0 })
        #expect(outcome.last.count == (try Stripes.network(channels: 6)).storageCount)
    }

    @Test func hintsAreLearnedWithAdamWToo() throws {
        let outcome = try learn([FeatureSpec(.fitnets)], "student", optimizer: .adamw)
        let losses = outcome.records.compactMap { $0.teaching?.featureLoss }
        #expect(losses[5] < 0.7 * losses[0], "\(losses)")
    }

    /// Beside the loss on logits, each adds to the loss and changes the student.
    @Test func theyJoinTheLossOnLogits() throws {
        let plain = try learn(nil, "plain", alpha: 0.5, epochs: 2)
        #expect(plain.records[0].teaching?.featureLoss == nil)
        for method in FeatureSpec.Method.allCases {
            let joined = try learn([FeatureSpec(method)], method.rawValue, alpha: 0.5, epochs: 2)
            #expect(!isSame(joined.last, plain.last), "\(method)")
            let teaching = try #require(joined.records[0].teaching)
            let expected = 0.5 * (teaching.hardLoss + teaching.softLoss) + teaching.featureLoss!
            #expect(abs(joined.records[0].trainLoss - expected) < 1e-5 * max(1, expected), "\(method)")
        }
    }

    /// Two teachers that are the same network, of any weights, are one.
    @Test func teachersShareTheWeight() throws {
        let network = try Stripes.taught()
        let one = try learn([FeatureSpec(.at)], "one", teachers: [Teacher(network)], epochs: 2)
        let two = try learn(
            [FeatureSpec(.at)], "two", teachers: [Teacher(network, weight: 3), Teacher(network)], epochs: 2)
        for (a, b) in zip(one.records, two.records) {
            #expect(abs(a.teaching!.featureLoss! - b.teaching!.featureLoss!) < 1e-2 * a.teaching!.featureLoss!)
        }
    }

    @Test func nodesThatAreNoneAreRefused() throws {
        let error = try #require(throws: JobFailure.self) {
            try learn([FeatureSpec(.at, student: "relu0", teacher: "relu9")], "student")
        }
        #expect(error.code == "features.unknown" && error.what.contains("\"relu9\""))
        #expect(error.fix.contains("relu0, relu1") && error.details[0].contains("conv0"))
    }
}
