import Compute
import Distillation
import Foundation
import Manifests
import Networks
import Testing

/// Students that learn by every method, through the trainer.
struct TeachingTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func store(_ name: String) throws -> CheckpointStore {
        try CheckpointStore(directory: folder.path + "/" + name)
    }

    struct Way: Sendable, CustomTestStringConvertible {
        var name: String
        var spec: DistillationSpec
        var teachers = 1
        var testDescription: String { name }
    }

    private static let ways: [Way] = [
        Way(name: "dkd", spec: DistillationSpec(method: .dkd, alpha: 0.7, otherWeight: 2)),
        Way(name: "dist", spec: DistillationSpec(method: .dist, temperature: 1)),
        Way(name: "standardised", spec: DistillationSpec(temperature: 2, standardize: true)),
        Way(name: "dkd of two, standardised", spec: DistillationSpec(method: .dkd, standardize: true), teachers: 2),
        Way(
            name: "annealed and stopped",
            spec: DistillationSpec(anneal: .cosine, alphaEnd: 0.3, temperatureEnd: 1, stopAfter: 0.7)),
        Way(name: "curriculum", spec: DistillationSpec(curriculum: true)),
        Way(name: "swap", spec: DistillationSpec(revise: .swap)),
        Way(
            name: "confidence and discount", spec: DistillationSpec(combine: .confidence, revise: .discount),
            teachers: 2),
        Way(
            name: "dist of three by entropy", spec: DistillationSpec(method: .dist, temperature: 2, combine: .entropy),
            teachers: 3),
        Way(name: "gap and gate", spec: DistillationSpec(weightByGap: true, gate: true)),
        Way(
            name: "every loss on activations, of teachers of two sizes",
            spec: DistillationSpec(
                stopAfter: 0.8, features: FeatureSpec.Method.allCases.map { FeatureSpec($0) }), teachers: 2),
        Way(
            name: "named nodes alone",
            spec: DistillationSpec(
                alpha: 0, features: [FeatureSpec(.fitnets, weight: 3, student: "conv0", teacher: "norm1")])),
    ]

    /// Untrained ones; the second takes larger images, normalised otherwise, and has its classes in another order, the
    /// third is not asked about everything.
    private static func teachers(_ count: Int) throws -> [Teacher] {
        let (small, large) = (try Stripes.network(), try Stripes.network(channels: 4, side: 16))
        return Array(
            [
                Teacher(TrainedNetwork(graph: small, parameters: .initialized(for: small, seed: 99))),
                Teacher(
                    TrainedNetwork(graph: large, parameters: .initialized(for: large, seed: 98)), weight: 2,
                    classMap: [2, 0, 1],
                    normalization: Teacher.Normalization(mean: [0.4, 0.5, 0.6], std: [0.2, 0.2, 0.2])),
                Teacher(
                    TrainedNetwork(graph: small, parameters: .initialized(for: small, seed: 97)),
                    classWeights: [1, 0.5, 0]),
            ].prefix(count))
    }

    private func run(
        _ way: Way, _ store: CheckpointStore, threads: Int = 1, stopAfter: Int? = nil
    ) throws -> TrainingOutcome {
        let training = TrainingSpec(batch: 16, learningRate: 0.05, labelSmoothing: 0.1, augment: .strong, ema: 0.95)
        return try runTraining(
            training, epochs: 4, data: Stripes.data(train: 70, evaluation: 31), store: store,
            teachers: Self.teachers(way.teachers), distillation: way.spec, threads: threads, stopAfter: stopAfter)
    }

    @Test(arguments: ways)
    func interruptedOnAnyNumberOfThreadsGivesTheSameBytes(_ way: Way) throws {
        let whole = try run(way, store("whole"))
        let plain = try run(Way(name: "", spec: DistillationSpec()), store("plain"))
        #expect(!isSame(whole.last, plain.last))
        #expect(whole.records.allSatisfy { $0.trainLoss.isFinite && $0.teaching?.alpha != nil || $0.epoch == 4 })
        var random = CounterRandom(seed: 11, stream: UInt32(way.name.utf8.count))
        let store = try store("interrupted")
        var processes = 1
        while true {
            do {
                let outcome = try run(
                    way, store, threads: 1 + processes % 3, stopAfter: 2 + random.index(below: 6))
                #expect(isSame(outcome, whole))
                break
            } catch is Suspended {
                processes += 1
                try #require(processes < 100)
            }
        }
        #expect(processes > 3)
    }

    /// The way of several teachers, taken by one, ends in the bytes of the short way.
    @Test func oneTeacherIsTheSameByEveryPath() throws {
        let graph = try Stripes.network()
        let network = TrainedNetwork(graph: graph, parameters: .initialized(for: graph, seed: 99))
        func run(_ teacher: Teacher, _ name: String) throws -> TrainingOutcome {
            try runTraining(
                TrainingSpec(batch: 16, learningRate: 0.05), epochs: 2, data: Stripes.data(train: 70, evaluation: 31),
                store: store(name), teachers: [teacher])
        }
        let plain = try run(Teacher(network), "plain")
        let mapped = try run(Teacher(network, weight: 3, classMap: [0, 1, 2]), "mapped")
        #expect(isSame(plain, mapped))
    }

    private static let training = TrainingSpec(batch: 16, learningRate: 0.1, augment: AugmentSpec.none)

    private func learn(
        _ teachers: [Teacher], _ spec: DistillationSpec, _ name: String = "student", epochs: Int = 8
    ) throws -> TrainingOutcome {
        try runTraining(
            Self.training, epochs: epochs, data: Stripes.data(train: 180, evaluation: 90), store: store(name),
            graph: Stripes.network(channels: 6), teachers: teachers, distillation: spec, seed: 2)
    }

    @Test(arguments: [
        Way(name: "kd", spec: DistillationSpec(alpha: 1)),
        Way(name: "kd, standardised", spec: DistillationSpec(temperature: 2, alpha: 1, standardize: true)),
        Way(name: "dkd", spec: DistillationSpec(method: .dkd, temperature: 2, alpha: 1, otherWeight: 1)),
        Way(name: "dist", spec: DistillationSpec(method: .dist, temperature: 1, alpha: 1)),
        Way(name: "curriculum", spec: DistillationSpec(alpha: 1, curriculum: true)),
        Way(name: "gap", spec: DistillationSpec(alpha: 1, weightByGap: true)),
    ])
    func studentsLearnFromTheTeacherAlone(_ way: Way) throws {
        let outcome = try learn([Teacher(Stripes.taught())], way.spec)
        let last = try #require(outcome.records.last)
        #expect(last.evaluationAccuracy > 0.85)
        let teaching = try #require(last.teaching)
        #expect(teaching.alpha == 1 && teaching.trust == 1 && teaching.gradientCosine > -1)
        #expect(teaching.softLoss < 0.7 * outcome.records[0].teaching!.softLoss)
        #expect(teaching.teacherErrors < 0.1)
    }

    /// One that has learned the labels shifted is wrong about everything, and sure of it.
    @Test func aWrongTeacherDoesNotSpoilTheStudent() throws {
        let wrong = Teacher(try Stripes.taught(shift: 1))
        let spoiled = try learn([wrong], DistillationSpec(), "spoiled")
        #expect(spoiled.records.last!.evaluationAccuracy < 0.4)
        #expect(spoiled.records.last!.teaching!.teacherErrors > 0.9)
        #expect(spoiled.records.last!.teaching!.gradientCosine < 0)
        let swapped = try learn([wrong], DistillationSpec(revise: .swap), "swap")
        #expect(swapped.records.last!.evaluationAccuracy > 0.85)
        let discounted = try learn([wrong], DistillationSpec(revise: .discount), "discount")
        #expect(discounted.records.last!.evaluationAccuracy > 0.85)
        #expect(discounted.records.last!.teaching!.trust < 0.3)
        let gated = try learn([wrong], DistillationSpec(gate: true), "gate")
        #expect(gated.records.last!.evaluationAccuracy > 0.85)
        #expect(gated.records.dropFirst().allSatisfy { $0.teaching?.alpha == 0 })
        #expect(gated.records[0].teaching!.alpha == 0.9)
    }

    @Test func theConfidentTeacherOutweighsTheWrongOne() throws {
        let teachers = [Teacher(try Stripes.taught()), Teacher(try Stripes.taught(shift: 1))]
        let weighed = try learn(teachers, DistillationSpec(alpha: 1, combine: .confidence), "confidence")
        #expect(weighed.records.last!.evaluationAccuracy > 0.85)
        let mean = try learn(teachers, DistillationSpec(alpha: 1), "mean")
        #expect(mean.records.last!.evaluationAccuracy < weighed.records.last!.evaluationAccuracy)
    }

    /// Furlanello et al. 2018: the student is its teacher's own network.
    @Test func bornAgain() throws {
        let parent = try Stripes.taught()
        let child = try runTraining(
            Self.training, epochs: 8, data: Stripes.data(train: 180, evaluation: 90), store: store("child"),
            graph: parent.graph, teachers: [Teacher(parent)], seed: 3)
        #expect(child.records.last!.evaluationAccuracy > 0.9)
        #expect(!isSame(child.last, parent.parameters))
    }

    @Test func figuresOfTheTeachingAreRecorded() throws {
        let teacher = Teacher(try Stripes.taught())
        let spec = DistillationSpec(
            temperature: 6, alpha: 0.8, anneal: .linear, alphaEnd: 0.2, temperatureEnd: 2, stopAfter: 0.75)
        let records = try learn([teacher], spec, "annealed").records
        let teachings = records.map(\.teaching)
        #expect(teachings[6] == nil && teachings[7] == nil)
        let steps = Double(180 / 16 * 8 - 1)
        for (i, teaching) in teachings[..<6].enumerated() {
            let share = Double(180 / 16 * (i + 1) - 1) / steps
            #expect(abs(teaching!.alpha - (0.8 - 0.6 * share)) < 1e-12)
            #expect(abs(teaching!.temperature - (6 - 4 * share)) < 1e-12)
            #expect(teaching!.hardLoss > 0 && teaching!.softLoss > 0)
            #expect((-1...1).contains(teaching!.gradientCosine))
        }
        // Early, both terms pull the same way.
        #expect(teachings[0]!.gradientCosine > 0.3)
        let alone = try learn([], spec, "alone").records
        #expect(alone.allSatisfy { $0.teaching == nil })
    }

    @Test func learnedTemperatureMoves() throws {
        let teacher = Teacher(try Stripes.taught())
        let records = try learn([teacher], DistillationSpec(temperature: 3, curriculum: true)).records
        let temperatures = records.compactMap { $0.teaching?.temperature }
        #expect(temperatures.count == 8)
        #expect(temperatures.allSatisfy { $0 > 1 && $0 < 21 })
        #expect(temperatures[0] != temperatures[7])
    }

    @Test func stagesOfSeveralTeachersAreApart() throws {
        let store = try store("teachers")
        var records: [EpochRecord] = []
        for number in 1...2 {
            _ = try runTraining(
                Self.training, epochs: 1, data: Stripes.data(), store: store, stage: .teacher, number: number,
                seed: UInt64(number), epoch: { records.append($0) })
        }
        #expect(TemporaryFolder.names(in: folder.path + "/teachers") == ["teacher-2.finished", "teacher.finished"])
        #expect(records.map(\.teacher) == [nil, 2])
    }

    @Test(arguments: [[0, 1], [0, 1, 3], [-2, 1, 2]])
    func mapsOfClassesMustFit(map: [Int]) throws {
        let graph = try Stripes.network()
        let teacher = Teacher(
            TrainedNetwork(graph: graph, parameters: .initialized(for: graph, seed: 1)), classMap: map)
        let error = try #require(throws: JobFailure.self) { try learn([teacher], DistillationSpec()) }
        #expect(error.code == "teacher.unfit" && error.location == "teacher 1")
    }
}
