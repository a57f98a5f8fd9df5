import Compute
import Distillation
import Foundation
import Manifests
import Networks
import Testing

/// Through the trainer, since a checkpoint is only as good as what goes on from it.
struct CheckpointTests {
    private let folder: TemporaryFolder
    private let store: CheckpointStore
    private let data = Stripes.data(train: 24, evaluation: 12)

    init() throws {
        folder = try TemporaryFolder()
        store = try CheckpointStore(directory: folder.path + "/checkpoints")
    }

    /// An epoch asks before each of 3 steps and each of 2 batches of the evaluation split.
    private let inTheFourthEpoch = 16

    private func run(
        epochs: Int = 4, learningRate: Double = 0.05, stopAfter: Int? = nil, notice: (String) -> Void = { _ in }
    ) throws -> TrainingOutcome {
        let training = TrainingSpec(batch: 8, learningRate: learningRate, ema: 0.9)
        return try runTraining(
            training, epochs: epochs, data: data, store: store, stopAfter: stopAfter, notice: notice)
    }

    private var names: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: store.directory)) ?? []).sorted()
    }

    @Test func lastTwoEpochsAndTheStepAreKept() throws {
        #expect(throws: Suspended.self) { try run(stopAfter: inTheFourthEpoch) }
        #expect(
            names == [
                "student.epoch-000002.checkpoint", "student.epoch-000003.checkpoint", "student.step.checkpoint",
            ])
        _ = try run()
        #expect(names == ["student.finished"])
    }

    @Test func finishedStageIsNotTrainedAgain() throws {
        let outcome = try run()
        let again = try run(stopAfter: 0)
        #expect(isSame(outcome.best, again.best) && isSame(outcome.last, again.last))
        #expect(outcome.records == again.records && outcome.bestEpoch == again.bestEpoch)
    }

    @Test func anotherTrainingDoesNotGoOnFromIt() throws {
        #expect(throws: Suspended.self) { try run(stopAfter: inTheFourthEpoch) }
        let other = try run(learningRate: 0.02)
        let fresh = try CheckpointTests().run(learningRate: 0.02)
        #expect(isSame(other.last, fresh.last))
    }

    enum Damage: CaseIterable { case bit, tail, rest, extra, version, empty }

    /// The previous one is used, and the user told.
    @Test(arguments: Damage.allCases)
    func damagedFilesAreLeftAside(_ damage: Damage) throws {
        let whole = try CheckpointTests().run()
        #expect(throws: Suspended.self) { try run(stopAfter: inTheFourthEpoch) }
        for name in ["student.step.checkpoint", "student.epoch-000003.checkpoint"] {
            let url = URL(fileURLWithPath: "\(store.directory)/\(name)")
            var bytes = try Data(contentsOf: url)
            switch damage {
            case .bit: bytes[bytes.count / 2] ^= 4
            case .tail: bytes.removeLast(100)
            case .rest: bytes.removeSubrange(20...)
            case .extra: bytes.append(0)
            case .version: bytes[8] = 99
            case .empty: bytes = Data()
            }
            try bytes.write(to: url)
        }
        var notices: [String] = []
        let outcome = try run { notices.append($0) }
        #expect(notices.count == 2)
        #expect(notices.allSatisfy { $0.contains("checkpoint of an earlier run is not used") })
        #expect(isSame(outcome.best, whole.best) && isSame(outcome.last, whole.last))
    }

    @Test func allDamagedMeansFromTheBeginning() throws {
        let whole = try CheckpointTests().run()
        #expect(throws: Suspended.self) { try run(stopAfter: inTheFourthEpoch) }
        for name in names { try Data("nonsense".utf8).write(to: URL(fileURLWithPath: "\(store.directory)/\(name)")) }
        let outcome = try run()
        #expect(isSame(outcome.last, whole.last))
    }

    @Test func unusableFolderIsSaid() throws {
        let path = folder.path + "/file"
        try Data().write(to: URL(fileURLWithPath: path))
        let error = try #require(throws: JobFailure.self) { try CheckpointStore(directory: path + "/below") }
        #expect(error.code == "checkpoint.failed")
        #expect(error.location == path + "/below")
    }

    @Test func folderThatVanishesEndsTheTraining() throws {
        try FileManager.default.removeItem(atPath: store.directory)
        let error = try #require(throws: JobFailure.self) { try run() }
        #expect(error.code == "checkpoint.failed")
        #expect(error.what.contains("No such file"))
        #expect(error.location?.contains("student.epoch-000001") == true)
    }
}

/// Trains the stripes' network, and stops before the step `stopAfter`, counted in this process.
func runTraining(
    _ training: TrainingSpec, epochs: Int, data: TrainingData, store: CheckpointStore, graph: Graph? = nil,
    teacher: TrainedNetwork? = nil, teachers: [Teacher]? = nil, distillation: DistillationSpec = DistillationSpec(),
    stage: Stage = .student, number: Int = 1, threads: Int = 1, seed: UInt64 = 1, stopAfter: Int? = nil,
    notice: (String) -> Void = { _ in },
    epoch: (EpochRecord) -> Void = { _ in }
) throws -> TrainingOutcome {
    let graph = try graph ?? Stripes.network()
    var asked = 0
    return try withoutActuallyEscaping(notice) { notice in
        try withoutActuallyEscaping(epoch) { epoch in
            let hooks = TrainingHooks(
                epoch: epoch, notice: notice,
                shouldStop: {
                    defer { asked += 1 }
                    return stopAfter.map { asked >= $0 } ?? false
                })
            let trainer = try Trainer(
                TrainingRequest(
                    stage: stage, number: number, graph: graph, epochs: epochs, training: training,
                    distillation: distillation, seed: seed),
                initial: .initialized(for: graph, seed: seed), data: data,
                teachers: teachers ?? teacher.map { [Teacher($0)] } ?? [],
                pool: ThreadPool(threads: threads), checkpoints: store, hooks: hooks)
            return try trainer.run()
        }
    }
}
