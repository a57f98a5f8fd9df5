import Compute
import Distillation
import Foundation
import Manifests
import Networks
import Testing

/// Students that learn from each other.
struct MutualTests {
    private struct Golden: Decodable {
        var count, classes: Int
        var targets: [Float]
        var logits, dLogits: [[Float]]
        var hard, soft: [Double]
    }

    @Test func valuesAndGradients() throws {
        for golden in try Goldens.load("mutual", as: [Golden].self) {
            let size = golden.count * golden.classes
            let students = golden.logits.count
            let logits = FloatBuffer(count: students * size)
            let gradients = FloatBuffer(count: students * size)
            for (k, values) in golden.logits.enumerated() {
                for i in 0..<size { logits.base[k * size + i] = values[i] }
            }
            let loss = MutualLoss(students: students, maximumBatch: golden.count + 1, classes: golden.classes)
            let results = loss.evaluate(
                (0..<students).map {
                    MutualLoss.Student(
                        logits: UnsafePointer(logits.base + $0 * size), dLogits: gradients.base + $0 * size)
                }, targets: golden.targets, count: golden.count)
            for (k, result) in results.enumerated() {
                #expect(abs(result.hard - golden.hard[k]) < 2e-6 && abs(result.soft - golden.soft[k]) < 2e-6)
                #expect(abs(result.batch.loss - golden.hard[k] - golden.soft[k]) < 4e-6)
                #expect(result.batch.labelled == golden.count - 1)
                let found = (0..<size).map { gradients.base[k * size + $0] }
                #expect(largestDifference(found, golden.dLogits[k]) < 2e-6)
            }
            withExtendedLifetime(logits) {}
        }
    }

    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func run(
        _ name: String, seeds: [UInt64] = [1, 2, 3], threads: Int = 1, epochs: Int = 4, stopAfter: Int? = nil,
        augment: AugmentSpec = .strong
    ) throws -> [TrainingOutcome] {
        let graph = try Stripes.network(channels: 6)
        var asked = 0
        let training = TrainingSpec(
            batch: 16, learningRate: augment == .none ? 0.1 : 0.05, augment: augment, ema: augment == .none ? nil : 0.95
        )
        let trainer = try MutualTrainer(
            TrainingRequest(stage: .student, graph: graph, epochs: epochs, training: training, seed: 1),
            initials: seeds.map { .initialized(for: graph, seed: $0) }, data: Stripes.data(train: 70, evaluation: 31),
            pool: ThreadPool(threads: threads), checkpoints: CheckpointStore(directory: folder.path + "/" + name),
            hooks: TrainingHooks(shouldStop: {
                defer { asked += 1 }
                return stopAfter.map { asked >= $0 } ?? false
            }))
        return try trainer.run()
    }

    private func areSame(_ a: [TrainingOutcome], _ b: [TrainingOutcome]) -> Bool {
        a.count == b.count && zip(a, b).allSatisfy { isSame($0, $1) }
    }

    @Test func interruptedOnAnyNumberOfThreadsGivesTheSameBytes() throws {
        let whole = try run("whole")
        #expect(Set(whole.map { $0.records[0].stage }) == [.student, .peer])
        #expect(!isSame(whole[0].last, whole[1].last))
        #expect(whole.map { $0.records[1].teacher } == [nil, 2, 3])
        var random = CounterRandom(seed: 5, stream: 1)
        var processes = 1
        while true {
            do {
                let outcome = try run("parts", threads: 1 + processes % 2, stopAfter: 1 + random.index(below: 6))
                #expect(areSame(outcome, whole))
                break
            } catch is Suspended {
                processes += 1
                try #require(processes < 100)
            }
        }
        #expect(processes > 4)
        // What is finished is not trained again.
        #expect(areSame(try run("parts", stopAfter: 0), whole))
    }

    /// As after a kill: nothing was saved since the last epoch.
    @Test func killedGivesTheSameBytes() throws {
        let whole = try run("whole")
        #expect(throws: Suspended.self) { try run("killed", stopAfter: 18) }
        try FileManager.default.removeItem(atPath: folder.path + "/killed/student.step.checkpoint")
        #expect(areSame(try run("killed"), whole))
    }

    /// Each comes nearer to the others and learns the labels; one among twins learns as if it were alone.
    @Test func theyLearnFromEachOther() throws {
        let outcomes = try run("two", seeds: [1, 2], epochs: 8, augment: .none)
        for outcome in outcomes {
            let teaching = outcome.records.compactMap(\.teaching)
            try #require(teaching.count == 8)
            #expect(teaching[7].softLoss < 0.5 * teaching.map(\.softLoss).max()!)
            #expect(outcome.bestAccuracy > 0.8)
        }
        let twins = try run("twins", seeds: [4, 4], epochs: 2, augment: .none)
        #expect(isSame(twins[0].last, twins[1].last))
        #expect(twins[0].records.allSatisfy { abs($0.teaching!.softLoss) < 1e-6 })
    }
}
