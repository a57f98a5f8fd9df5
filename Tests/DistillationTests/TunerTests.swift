import Compute
import Foundation
import Manifests
import Networks
import Synchronization
import Testing

@testable import Distillation

/// Whole tunings on small images, of a network that is small as well.
struct TunerTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// 8 epochs: two rungs.
    private static func spec(trials: Int = 10, budget: Int? = nil) -> JobSpec {
        var spec = JobSpec(name: "a", dataset: "b")
        spec.student = NetworkSpec(model: "convnet3", epochs: 8)
        spec.training = TrainingSpec(batch: 16, learningRate: 0.02, augment: .none)
        spec.tune = TuneSpec(trials: trials, budget: budget)
        return spec
    }

    private func tune(
        _ name: String, _ spec: JobSpec = spec(), teachers: [Teacher], threads: Int = 2, atOnce: Int = 2,
        hooks: TunerHooks = TunerHooks()
    ) throws -> Tuner.Result {
        try Tuner(
            spec, data: Stripes.data(), teachers: teachers, threads: threads, atOnce: atOnce,
            directory: folder.path + "/" + name, hooks: hooks
        ).run()
    }

    /// Without times.
    private static func told(_ record: TuningRecord) -> TuningRecord {
        var record = record
        record.seconds = 0
        for i in record.trials.indices {
            for j in record.trials[i].results.indices { record.trials[i].results[j].seconds = 0 }
        }
        return record
    }

    private static func agree(_ a: Tuner.Result, _ b: Tuner.Result) -> Bool {
        a.chosen == b.chosen && told(a.record) == told(b.record) && a.finalists.count == b.finalists.count
            && zip(a.finalists, b.finalists).allSatisfy { isSame($0.training, $1.training) }
    }

    @Test func theWinnerIsNoWorseThanTheJobsOwnSettingsAndRepeats() throws {
        let teachers = [Teacher(try Stripes.taught())]
        let result = try tune("whole", teachers: teachers)
        let record = result.record
        #expect(record.trials.count == 10 && record.rungs.map(\.trials) == [10, 2])
        #expect(record.rungs[0].judgeImages == 90 && record.rungs[1].judgeImages == 60)
        #expect(record.fullTrainings < 4)
        #expect(result.finalists.first?.trial == 0)
        let own = try #require(result.finalists.first).training.bestAccuracy
        let best = result.finalists[result.chosen]
        #expect(best.training.bestAccuracy >= own)
        // The job with its settings, trained on its own, gives the same student.
        let store = try CheckpointStore(directory: folder.path + "/again")
        let request = TrainingRequest(
            stage: .student, graph: best.network.graph, epochs: 8, training: best.spec.studentTraining,
            distillation: best.spec.distillation, seed: best.spec.seed)
        let again = try Trainer(
            request, initial: .initialized(for: best.network.graph, seed: 1), data: Stripes.data(), teachers: teachers,
            pool: ThreadPool(threads: 1), checkpoints: store
        ).run()
        #expect(isSame(again, best.training))
        // Short trainings leave nothing but what they came to.
        let names = TemporaryFolder.names(in: folder.path + "/whole")
        #expect(names.filter { $0.hasPrefix("rung") }.isEmpty && names.contains("state.json"))
    }

    @Test func threadsAndStopsChangeNothing() throws {
        let teachers = [Teacher(try Stripes.taught())]
        let whole = try tune("one", teachers: teachers, threads: 1, atOnce: 1)
        #expect(Self.agree(whole, try tune("many", teachers: teachers, threads: 4, atOnce: 3)))
        var (stops, result) = (0, Tuner.Result?.none)
        while result == nil, stops < 100 {
            let left = Mutex(10 + stops * 12)
            let hooks = TunerHooks(shouldStop: {
                left.withLock {
                    $0 -= 1
                    return $0 < 0
                }
            })
            do {
                result = try tune(
                    "broken", teachers: teachers, threads: 1 + stops % 3, atOnce: 1 + stops % 2, hooks: hooks)
            } catch is Suspended {
                stops += 1
            }
        }
        #expect(stops > 3)
        #expect(Self.agree(whole, try #require(result)))
        // What has ended is not done again.
        var trained = 0
        let again = try tune("broken", teachers: teachers, hooks: TunerHooks(trial: { _, _, _ in trained += 1 }))
        #expect(trained == 0 && Self.agree(whole, again))
    }

    @Test func trialsThatAreTrainedElsewhereGiveTheSame() throws {
        let teachers = [Teacher(try Stripes.taught())]
        var hooks = TunerHooks()
        hooks.place = .elsewhere
        var (asked, result) = ([Int](), Tuner.Result?.none)
        while result == nil, asked.count < 10 {
            do {
                result = try tune("elsewhere", teachers: teachers, hooks: hooks)
            } catch let wanted as TrialsWanted {
                asked.append(wanted.folders.count)
                let state = try #require(FileManager.default.contents(atPath: folder.path + "/elsewhere/state.json"))
                // In any order; the last is left out once, and asked for again.
                for one in wanted.folders.reversed().dropLast(asked.count == 1 ? 1 : 0) {
                    var alone = TunerHooks()
                    alone.place = .one(one)
                    #expect(throws: TrialDone.self) {
                        try tune("elsewhere", teachers: teachers, threads: 1, hooks: alone)
                    }
                }
                // What the tuning knows is its own to write.
                #expect(FileManager.default.contents(atPath: folder.path + "/elsewhere/state.json") == state)
            }
        }
        #expect(asked == [8, 1, 2, 2])
        #expect(Self.agree(try tune("here", teachers: teachers), try #require(result)))
    }

    /// A budget that is over at once: the first batch, and the best of it.
    @Test func aBudgetEndsTheSearchAndIsRemembered() throws {
        var spec = Self.spec(trials: 30)
        spec.tune.budget = 0
        let teachers = [Teacher(try Stripes.taught())]
        let result = try tune("short", spec, teachers: teachers)
        #expect(result.record.isCutShort && result.record.trials.count == 8)
        #expect(result.finalists.count == 1 && result.chosen == 0)
        #expect(Self.agree(result, try tune("short", spec, teachers: teachers)))
    }

    @Test func withoutTeachersTheTrainingAloneIsTuned() throws {
        let result = try tune("alone", Self.spec(trials: 8), teachers: [])
        #expect(result.record.importance.map(\.key).sorted() == ["augmentation", "learning rate"])
        #expect(result.finalists.allSatisfy { $0.training.records.allSatisfy { $0.teaching == nil } })
    }

    /// Trials that take each other's answers come to what they would have come to alone.
    @Test func sharedAnswersAreTheTeachersOwn() throws {
        let teachers = [Teacher(try Stripes.taught())]
        let data = Stripes.data()
        let answers = TeacherAnswers(images: data.train.count, classes: 3, teachers: 1, epochs: 2, augmentations: 1)
        let graph = try Stripes.network(channels: 4)
        func run(_ name: String, rate: Double, _ answers: TeacherAnswers?) throws -> TrainingOutcome {
            let request = TrainingRequest(
                stage: .tune, number: 3, graph: graph, epochs: 3,
                training: TrainingSpec(batch: 16, learningRate: rate, augment: .standard), seed: 2)
            return try Trainer(
                request, initial: .initialized(for: graph, seed: 2), data: data, teachers: teachers, answers: answers,
                pool: ThreadPool(threads: 1), checkpoints: CheckpointStore(directory: folder.path + "/" + name),
                hooks: TrainingHooks()
            ).run()
        }
        let first = try run("a", rate: 0.1, answers)
        let second = try run("b", rate: 0.05, answers)
        let (third, fourth) = (try run("c", rate: 0.1, nil), try run("d", rate: 0.05, nil))
        #expect(isSame(first, third) && isSame(second, fourth))
        #expect(first.records.allSatisfy { $0.teacher == nil })
    }

    @Test func severalStudentsAreTrainedAsEachWouldBe() throws {
        let teachers = [Teacher(try Stripes.taught())]
        let specs = ["convnet3", "dscnn-tiny"].map { model in
            var spec = Self.spec()
            spec.student = NetworkSpec(model: model, epochs: 2)
            return (name: model, spec: spec)
        }
        let found = try StudentSearch.run(
            specs, data: Stripes.data(), teachers: teachers, threads: 2, atOnce: 2, directory: folder.path + "/search",
            hooks: TunerHooks())
        #expect(found.map(\.name) == ["convnet3", "dscnn-tiny"])
        let alone = try StudentSearch.run(
            [specs[1]], data: Stripes.data(), teachers: teachers, threads: 1, atOnce: 1,
            directory: folder.path + "/alone", hooks: TunerHooks())
        #expect(isSame(found[1].training, alone[0].training))
    }
}
