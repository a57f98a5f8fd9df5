import Compute
import Foundation
import Manifests
import Networks
import Testing

@testable import Distillation

/// Teachers are asked once about images that come again.
struct TeacherMemoryTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Two teachers of which the second takes larger images and has its classes in another order.
    private static func teachers() throws -> [Teacher] {
        let (small, large) = (try Stripes.network(), try Stripes.network(channels: 4, side: 16))
        return [
            Teacher(TrainedNetwork(graph: small, parameters: .initialized(for: small, seed: 99))),
            Teacher(
                TrainedNetwork(graph: large, parameters: .initialized(for: large, seed: 98)), weight: 2,
                classMap: [2, 0, 1]),
        ]
    }

    private func run(
        _ spec: DistillationSpec, _ name: String, epochs: Int = 5, threads: Int = 1, stopAfter: Int? = nil
    ) throws -> TrainingOutcome {
        let training = TrainingSpec(batch: 16, learningRate: 0.05)
        return try runTraining(
            training, epochs: epochs, data: Stripes.data(train: 70, evaluation: 31),
            store: CheckpointStore(directory: folder.path + "/" + name), teachers: Self.teachers(), distillation: spec,
            threads: threads, stopAfter: stopAfter)
    }

    @Test func asManyViewsAsEpochsChangeNothing() throws {
        let asked = try run(DistillationSpec(), "asked")
        #expect(isSame(try run(DistillationSpec(views: 5), "views"), asked))
        #expect(!isSame(try run(DistillationSpec(views: 2), "fewer"), asked))
    }

    /// What a killed process had in memory is asked again, in batches that are partly known.
    @Test func interruptedOnAnyNumberOfThreadsGivesTheSameBytes() throws {
        let whole = try run(DistillationSpec(views: 2), "whole")
        var processes = 1
        while true {
            do {
                let outcome = try run(
                    DistillationSpec(views: 2), "interrupted", threads: 1 + processes % 3, stopAfter: 3)
                #expect(isSame(outcome, whole))
                break
            } catch is Suspended {
                processes += 1
                try #require(processes < 100)
            }
        }
        #expect(processes > 3)
    }

    @Test func whatIsKnownIsNotAskedAgain() throws {
        let data = Stripes.data(train: 30, evaluation: 9)
        let pool = ThreadPool(threads: 2)
        let memory = TeacherMemory(images: 30, views: 2, classes: 3, teachers: 2)
        let panel = TeacherPanel(
            try Self.teachers(), DistillationSpec(), data: data, batch: 8, memory: memory, pool: pool)
        let input = FloatBuffer(count: 8 * data.height * data.width * data.channels)
        let targets = FloatBuffer(count: 8 * 3)
        for i in 0..<8 { targets.base[i * 3 + i % 3] = 1 }
        func say(_ samples: [Int32], _ value: Float, view: Int) -> [Float] {
            for i in 0..<input.count { input.base[i] = value * Float(i % 101) / 101 }
            return samples.withUnsafeBufferPointer { samples in
                let batch = TeacherPanel.Batch(
                    input: input.base, targets: targets.base, samples: samples.baseAddress!, count: samples.count,
                    view: view)
                let advice = panel.advise(on: batch, temperature: 4)
                return Array(UnsafeBufferPointer(start: advice.logits, count: samples.count * 3))
            }
        }
        let samples: [Int32] = [3, 29, 0, 7, 8, 9, 1, 2]
        let first = say(samples, 1, view: 1)
        // Other pixels, yet the answers of the first time.
        #expect(say(samples, -2, view: 1) == first)
        let order: [Int] = [7, 0, 3]
        let some = say(order.map { samples[$0] }, -2, view: 1)
        #expect(some == order.flatMap { first[$0 * 3..<$0 * 3 + 3] })
        // Another view, and a batch with an image that is new, are asked about.
        #expect(say(samples, -2, view: 0) != first)
        #expect(say([3, 4], -2, view: 1).prefix(3) != first.prefix(3))
    }

    @Test(arguments: [
        (AugmentSpec.none, 0, 1), (.none, 7, 1), (.standard, 0, 0), (.standard, 7, 7), (.strong, 7, 0),
    ])
    func imagesThatAreNeverChangedHaveOneView(_ augment: AugmentSpec, views: Int, remembered: Int) {
        let training = TrainingSpec(augment: augment)
        #expect(training.rememberedViews(DistillationSpec(views: views)) == remembered)
    }

    /// What is foretold of the memory of teaching is what trainings make.
    @Test func itsSizeIsKnownBeforehand() throws {
        let known = TeachingMemory.answers(
            TrainingSpec(), DistillationSpec(views: 3), images: 1000, classes: 10, teachers: 2)
        #expect(known == 3 * 1000 * (2 * 10 * 4 + 1))
        #expect(TeachingMemory.answers(TrainingSpec(), DistillationSpec(), images: 9, classes: 9, teachers: 1) == 0)
        // 24 trials of 32 epochs: the longest that is not whole has 8. Five kinds of views, never above the limit.
        let plan = HalvingPlan(trials: 24, epochs: 32)
        #expect(
            TeachingMemory.answers(plan, images: 1000, classes: 10, teachers: 1) == 5 * 8 * 1000 * (10 * 4 + 1))
        #expect(TeachingMemory.answers(plan, images: 1_000_000, classes: 1000, teachers: 4) == 256 << 20)
    }

    @Test func lossesOnActivationsAreMadeAsTrainingsMakeThem() throws {
        let (student, teacher) = (try Stripes.network(), try Stripes.network(channels: 8))
        for method in FeatureSpec.Method.allCases {
            let made = try TeachingMemory.features(
                [FeatureSpec(method)], student: student, teachers: [FeatureMap(teacher)], batch: 4,
                training: TrainingSpec(), pool: ThreadPool(threads: 1))
            #expect(!made.taps.isEmpty && made.losses is FeatureTeaching, "\(method)")
        }
    }
}
