import Compute
import Foundation
import Manifests
import Networks
import Testing

@testable import Distillation

/// Images that nobody has labelled: they teach what the teachers say of them, and nothing else.
struct UnlabelledTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func aRowWithoutALabelIsZero() {
        var targets = [Float](repeating: .nan, count: 12)
        // With a share of 0.75: known and unknown mixed, both ways; then two that are known, mixed with each other.
        let labels: [Int32] = [2, -1, -1, 1]
        SoftTargets.fill(
            &targets, labels: labels, samples: [0, 1, 2, 3], shares: [1, 1, 1, 1], count: 4, classes: 3, smoothing: 0)
        #expect(targets == [0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0])
        SoftTargets.fill(
            &targets, labels: labels, samples: [0, 2, 1, 1], shares: [0.75, 1, 1, 0.75], count: 4, classes: 3,
            smoothing: 0.3)
        #expect(largestDifference(targets[0..<3], [0.075, 0.075, 0.6]) < 1e-6)
        #expect(targets[3..<9].allSatisfy { $0 == 0 })
        #expect(largestDifference(targets[9..<12], [0.025, 0.025, 0.2]) < 1e-6)
    }

    @Test func itHasNoPartInTheCrossEntropy() {
        let logits: [Float] = [1, 2, -1, 0.5, 0.25, 3]
        var (both, alone) = ([Float](repeating: .nan, count: 6), [Float](repeating: .nan, count: 3))
        let with = CrossEntropy.evaluate(logits, targets: [0, 1, 0, 0, 0, 0], dLogits: &both, count: 2, classes: 3)
        let without = CrossEntropy.evaluate(logits, targets: [0, 1, 0], dLogits: &alone, count: 1, classes: 3)
        #expect(abs(2 * with.loss - without.loss) < 1e-6 && with.right == 1 && with.labelled == 1)
        #expect(largestDifference(both[0..<3].map { 2 * $0 }, alone) < 1e-6 && both[3..<6].allSatisfy { $0 == 0 })
    }

    /// It gets alpha times the soft term, whole or as far as the teachers are trusted, by every method.
    @Test(arguments: DistillationSpec.Method.allCases) func itGetsTheSoftTermAlone(method: DistillationSpec.Method) {
        let spec = DistillationSpec(method: method)
        let loss = DistillationLoss(spec, maximumBatch: 2, classes: 3)
        let logits: [Float] = [1, 2, -1, 0.5, 0.25, 3]
        let teacher: [Float] = [0, 3, 1, 2, -1, 0]
        let guides: [Float] = [0, 1, 0, 1, 0.5, 0.5]
        func evaluate(_ targets: [Float], _ alpha: Float) -> (DistillationLoss.Result, [Float]) {
            var dLogits = [Float](repeating: .nan, count: 6)
            let result = loss.evaluate(
                logits, teacher: teacher, trust: [0.5, 1], targets: targets, guides: guides, dLogits: &dLogits,
                count: 2, alpha: alpha, temperature: 2)
            return (result, dLogits)
        }
        let (known, dKnown) = evaluate([0, 1, 0, 0, 0, 0], 0.8)
        let (other, dOther) = evaluate([0, 1, 0, 1, 0, 0], 0.8)
        let plain = CrossEntropy.rows(logits, [0, 1, 0, 1, 0, 0], classes: 3)
        #expect(abs(known.soft - other.soft) < 1e-6)
        #expect(abs(other.batch.loss - known.batch.loss - 0.2 * plain[1] / 2) < 1e-6)
        #expect(largestDifference(dKnown[0..<3], dOther[0..<3]) < 1e-6)
        #expect(abs(known.batch.loss - (0.6 * plain[0] / 2 + 0.8 * known.soft)) < 1e-6)
    }

    /// Of two teachers who know different classes, the one is asked who knows what the image seems to be.
    @Test func teachersSayWhatAnImageSeemsToBe() {
        let graph = Graph(nodes: [], parameters: [])
        func teacher(_ weights: [Float]) -> Teacher {
            Teacher(TrainedNetwork(graph: graph, parameters: ParameterBuffer(count: 0)), classWeights: weights)
        }
        let mixture = TeacherMixture(
            [teacher([0.9, 0.9, 0.1]), teacher([0.1, 0.1, 0.9])], DistillationSpec(), maximumBatch: 2, classes: 3)
        // The first has never seen class 2, and is sure that it is class 0.
        var logits: [Float] = [3, 0, -9, 1, 0, 0, 0, 0, 4, 0, 1, 0]
        let targets: [Float] = [0, 0, 0, 0, 1, 0]
        var filled = [Float](repeating: .nan, count: 6)
        let guides = filled.withUnsafeMutableBufferPointer { filled in
            Array(
                UnsafeBufferPointer(
                    start: mixture.guides(logits, stride: 6, targets: targets, count: 2, into: filled.baseAddress!),
                    count: 6))
        }
        #expect(guides == [0.5, 0.5, 1, 0, 1, 0])
        var (mixed, trust) = ([Float](repeating: 0, count: 6), [Float](repeating: 0, count: 2))
        let wrong = mixture.mix(
            &logits, stride: 6, targets: guides, count: 2, temperature: 1, into: &mixed, trust: &trust)
        // About the labelled image alone anybody can be wrong.
        #expect(wrong == 1)
        #expect(abs(trust[0] - 0.5) < 1e-6)
    }

    private func learn(
        _ name: String, labelled: Int, unlabelled: Int, epochs: Int = 6, threads: Int = 1, stopAfter: Int? = nil,
        _ spec: DistillationSpec = DistillationSpec()
    ) throws -> TrainingOutcome {
        var data = Stripes.data(train: labelled, evaluation: 90)
        if unlabelled > 0 {
            let all = Stripes.images(labelled + unlabelled, seed: 1)
            let size = Stripes.side * Stripes.side * 3
            data.train = ImageSet(
                labels: (0..<all.count).map { $0 < labelled ? all.labels[$0] : -1 },
                pixels: (0..<all.count).flatMap { Array(UnsafeBufferPointer(start: all.rows[$0], count: size)) })
        }
        return try runTraining(
            TrainingSpec(batch: 16, learningRate: 0.1, augment: AugmentSpec.none), epochs: epochs, data: data,
            store: CheckpointStore(directory: folder.path + "/" + name), graph: Stripes.network(channels: 6),
            teachers: [Teacher(Stripes.taught())], distillation: spec, threads: threads, seed: 2, stopAfter: stopAfter)
    }

    @Test func theyHelpAStudentOfFewLabels() throws {
        let few = try learn("few", labelled: 16, unlabelled: 0)
        let more = try learn("more", labelled: 16, unlabelled: 160)
        #expect(more.bestAccuracy > few.bestAccuracy + 0.1, "\(few.bestAccuracy), \(more.bestAccuracy)")
        #expect(more.bestAccuracy > 0.8)
        // Shares are of labelled images.
        #expect(more.records.last!.trainAccuracy > 0.5)
        #expect(more.records.allSatisfy { $0.teaching!.teacherErrors < 0.3 })
    }

    @Test func withoutAnyLabelTheTeacherIsEnough() throws {
        let outcome = try learn("none", labelled: 0, unlabelled: 176)
        #expect(outcome.bestAccuracy > 0.8)
        #expect(outcome.records.allSatisfy { $0.trainAccuracy == 0 && $0.teaching!.hardLoss == 0 })
    }

    @Test func interruptedOnAnyNumberOfThreadsGivesTheSameBytes() throws {
        let spec = DistillationSpec(
            method: .dkd, alpha: 0.7, otherWeight: 2, revise: .discount, features: [FeatureSpec(.crd)])
        let whole = try learn("whole", labelled: 20, unlabelled: 45, epochs: 3, spec)
        #expect(throws: Suspended.self) {
            try learn("parts", labelled: 20, unlabelled: 45, epochs: 3, threads: 2, stopAfter: 7, spec)
        }
        #expect(isSame(try learn("parts", labelled: 20, unlabelled: 45, epochs: 3, spec), whole))
    }
}

extension CrossEntropy {
    /// Of each image.
    fileprivate static func rows(_ logits: [Float], _ targets: [Float], classes: Int) -> [Double] {
        let count = logits.count / classes
        var (dLogits, rows) = ([Float](repeating: 0, count: logits.count), [Float](repeating: 0, count: count))
        _ = evaluate(logits, targets: targets, dLogits: &dLogits, count: count, classes: classes, rowLosses: &rows)
        return rows.map(Double.init)
    }
}
