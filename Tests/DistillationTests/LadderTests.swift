import Compute
import Distillation
import Manifests
import Networks
import Testing

/// Teachers from strong to useless: with the defaults a student is never worse off than without them.
struct LadderTests {
    private let folder: TemporaryFolder
    private let pool = ThreadPool(threads: 1)
    private let data = Stripes.data(train: 180, evaluation: 90)

    init() throws { folder = try TemporaryFolder() }

    private func train(_ teachers: [Teacher], _ spec: DistillationSpec, _ name: String) throws -> TrainingOutcome {
        try runTraining(
            TrainingSpec(batch: 16, learningRate: 0.1, augment: AugmentSpec.none), epochs: 8, data: data,
            store: CheckpointStore(directory: folder.path + "/" + name), graph: Stripes.network(channels: 6),
            teachers: teachers, distillation: spec, seed: 2)
    }

    private func accuracy(_ outcome: TrainingOutcome, on images: ImageSet) throws -> Double {
        let network = TrainedNetwork(graph: try Stripes.network(channels: 6), parameters: outcome.best)
        return try Evaluator(network, data: data, pool: pool).evaluate(images).accuracy
    }

    enum Rung: String, CaseIterable, Sendable { case strong, fewImages, wrongOrder, random }

    private func teacher(_ rung: Rung) throws -> Teacher {
        let graph = try Stripes.network()
        switch rung {
        case .strong: return Teacher(try Stripes.taught())
        case .fewImages:
            let outcome = try runTraining(
                TrainingSpec(batch: 9, learningRate: 0.1, augment: AugmentSpec.none), epochs: 8,
                data: Stripes.data(train: 9, evaluation: 30), store: CheckpointStore(directory: folder.path + "/few"),
                graph: graph, stage: .teacher, seed: 7)
            return Teacher(TrainedNetwork(graph: graph, parameters: outcome.best))
        case .wrongOrder: return Teacher(try Stripes.taught(), classMap: [1, 2, 0])
        case .random:
            return Teacher(TrainedNetwork(graph: graph, parameters: .initialized(for: graph, seed: 5)))
        }
    }

    @Test(arguments: Rung.allCases) func theStudentIsNotBelowTheOneWithoutTeachers(rung: Rung) throws {
        let spec = DistillationSpec()
        let alone = try train([], spec, "alone")
        let network = TrainedNetwork(graph: try Stripes.network(channels: 6), parameters: alone.best)
        let level = try Evaluator(network, data: data, pool: pool).evaluate(data.evaluation)
        let vetting = try TeacherVetting([teacher(rung)], spec, data: data, student: level, pool: pool)
        #expect(vetting.teachers.isEmpty == (rung != .strong))
        #expect(vetting.shares == [rung == .strong ? 1 : 0])
        if rung != .strong {
            #expect(vetting.warnings[0].contains("so it does not teach") && vetting.report.reasons[0] != nil)
        }
        let taught = vetting.teachers.isEmpty ? alone : try train(vetting.teachers, spec, "taught")
        let kept = StudentChoice(taught: taught, alone: alone, spec).student
        let unseen = Stripes.images(300, seed: 9)
        #expect(try accuracy(kept, on: unseen) >= accuracy(alone, on: unseen) - 0.02)
        #expect(kept.records.allSatisfy { $0.stage == .student })
    }

    /// Without protection the same teacher spoils the student; with it, even one that passed the exam does not.
    @Test func aStudentThatLostIsNotKept() throws {
        let spec = DistillationSpec(alpha: 0.9, weakTeacher: .warn)
        let alone = try train([], spec, "alone")
        let spoiled = try train([teacher(.wrongOrder)], spec, "spoiled")
        try #require(spoiled.bestAccuracy < alone.bestAccuracy)
        let warned = StudentChoice(taught: spoiled, alone: alone, spec)
        #expect(warned.warning == nil && isSame(warned.student.best, spoiled.best))
        let choice = StudentChoice(taught: spoiled, alone: alone, DistillationSpec(weakTeacher: .drop))
        #expect(isSame(choice.student.best, alone.best))
        #expect(try #require(choice.warning).contains("the one without a teacher is kept"))
        let better = StudentChoice(taught: alone, alone: spoiled, DistillationSpec(weakTeacher: .drop))
        #expect(better.warning == nil && isSame(better.student.best, alone.best))
        #expect(StudentChoice(taught: spoiled, alone: nil, DistillationSpec()).warning == nil)
    }
}
