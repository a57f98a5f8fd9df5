import Compute
import Foundation
import Manifests
import Networks
import Testing

@testable import Distillation

/// Teachers who know different classes.
struct ComplementaryTests {
    private let folder: TemporaryFolder
    private let pool = ThreadPool(threads: 1)

    init() throws { folder = try TemporaryFolder() }

    /// Some of the stripes with their labels, others without.
    private static func images(_ count: Int, seed: UInt64, labelled: (Int, Int32) -> Bool) -> ImageSet {
        let all = Stripes.images(count, seed: seed)
        let size = Stripes.side * Stripes.side * 3
        return ImageSet(
            labels: (0..<count).map { labelled($0, all.labels[$0]) ? all.labels[$0] : -1 },
            pixels: (0..<count).flatMap { Array(UnsafeBufferPointer(start: all.rows[$0], count: size)) })
    }

    /// One that has seen no image of a class, and takes it for others.
    private func teacher(without missing: Int32) throws -> Teacher {
        let graph = try Stripes.network()
        var data = Stripes.data(train: 3, evaluation: 30)
        let all = Stripes.images(240, seed: 11)
        let kept = (0..<240).filter { all.labels[$0] != missing }
        let size = Stripes.side * Stripes.side * 3
        data.train = ImageSet(
            labels: kept.map { all.labels[$0] },
            pixels: kept.flatMap { Array(UnsafeBufferPointer(start: all.rows[$0], count: size)) })
        let outcome = try runTraining(
            TrainingSpec(batch: 16, learningRate: 0.1, augment: AugmentSpec.none), epochs: 8, data: data,
            store: CheckpointStore(directory: "\(folder.path)/without-\(missing)"), graph: graph, stage: .teacher,
            seed: 7)
        return Teacher(TrainedNetwork(graph: graph, parameters: outcome.best))
    }

    @Test func togetherTheyTeachMoreThanEither() throws {
        // Labels are few, and images many: what the student learns comes from its teachers.
        var data = Stripes.data(train: 18, evaluation: 90)
        data.train = Self.images(180, seed: 1) { i, _ in i < 18 }
        let spec = DistillationSpec(combine: .classes, weakTeacher: .drop)
        let level = Level(accuracy: 0.6, recall: [0.6, 0.6, 0.6])
        let teachers = [try teacher(without: 0), try teacher(without: 2)]
        func learn(_ given: [Teacher], _ name: String) throws -> Double {
            var vetting = try TeacherVetting(given, spec, data: data, student: nil, pool: pool)
            vetting.teachers = given
            try vetting.judge(
                given.map { try HeldOutAnswers(asking: $0, about: data, pool: pool) }, spec, student: level)
            // Nobody is weak in all, and each is in what it has not seen.
            #expect(vetting.teachers.count == given.count)
            #expect(vetting.report.weakClasses.allSatisfy { $0.count == 1 })
            let outcome = try runTraining(
                TrainingSpec(batch: 16, learningRate: 0.1, augment: AugmentSpec.none), epochs: 8, data: data,
                store: CheckpointStore(directory: folder.path + "/" + name), graph: Stripes.network(channels: 6),
                teachers: vetting.teachers, distillation: spec, seed: 2)
            return outcome.bestAccuracy
        }
        let (first, second) = (try learn([teachers[0]], "first"), try learn([teachers[1]], "second"))
        let both = try learn(teachers, "both")
        #expect(both > max(first, second) + 0.1, "\(first), \(second), \(both)")
    }

    /// A class that a teacher has no output for is as likely as the least likely that it knows.
    @Test func anOutputThatIsNotThere() throws {
        let network = try Stripes.taught()
        let data = Stripes.data(train: 6, evaluation: 9)
        let whole = try HeldOutAnswers(asking: Teacher(network), about: data, pool: pool)
        let part = try HeldOutAnswers(
            asking: Teacher(network, classWeights: [1, 0, 1], classMap: [2, -1, 0]), about: data, pool: pool)
        for i in 0..<9 {
            let (a, b) = (whole.logits[3 * i], whole.logits[3 * i + 2])
            #expect(Array(part.logits[3 * i..<3 * i + 3]) == [b, min(a, b), a])
        }
        #expect(
            !Teacher(network, classMap: [-1, -1, -1]).fits(data) && !Teacher(network, classMap: [0, 3, 1]).fits(data))
    }
}
