import Compute
import Crypto
import Foundation
import Manifests
import Networks

/// Looks for the settings of a job with which its student comes out best.
///
/// Trials are proposed by `TreeParzen` from what the shortest trainings came to, and `HalvingPlan` says who trains
/// longer. The first trial has the job's own settings and goes on to the end, so that what is kept is no worse than they
/// are on the evaluation split. Whole trainings are those that the job would make: the winner's is the student.
///
/// The same seed, data and settings give the same trials and the same student, whatever the threads, and whether it was
/// stopped or not; only `budget` depends on time.
public final class Tuner {
    /// A trial that trained to the end.
    public struct Finalist: Sendable {
        /// From 0.
        public let trial: Int
        /// The job with its settings.
        public let spec: JobSpec
        public let network: TrainedNetwork
        public let training: TrainingOutcome
    }

    public struct Result: Sendable {
        /// In the order of trials.
        public let finalists: [Finalist]
        /// The place of the best in `finalists`.
        public let chosen: Int
        public let record: TuningRecord
    }

    private let spec: JobSpec
    private let space: SearchSpace
    private let sampler: TreeParzen
    private let plan: HalvingPlan
    private let data: TrainingData
    /// Of the short trainings.
    private let trialData: TrainingData
    private let teachers: [Teacher]
    private let answers: TeacherAnswers?
    private let trainings: StudentTrainings
    private let hooks: TunerHooks
    private let path: String
    private let clock = ContinuousClock()
    private let ownGraph: Graph
    private var state: TuningState

    /// Trials before anything is learned from them, and between proposals after that. Fixed, so that what is known to
    /// a proposal does not hang on the machine.
    private static let firstBatch = 8
    private static let nextBatch = 4

    /// - Parameters:
    ///   - spec: with `tune.trials`.
    ///   - teachers: who may teach; may be none.
    ///   - threads: of all trials together.
    ///   - atOnce: trainings at the same time, at most.
    ///   - directory: for checkpoints and what was found so far; of this tuning alone.
    /// - Throws: `PresetError`, or a `JobFailure` where the folder cannot be made.
    public init(
        _ spec: JobSpec, data: TrainingData, teachers: [Teacher], threads: Int, atOnce: Int, directory: String,
        hooks: TunerHooks = TunerHooks()
    ) throws {
        precondition(data.evaluation.count > 0, "nothing to choose by")
        self.spec = spec
        self.data = data
        self.teachers = teachers
        self.hooks = hooks
        ownGraph = try Presets.make(spec, data)
        let features =
            teachers.isEmpty
            ? [] : FeatureCheck.possible(student: ownGraph, teachers: teachers.map { FeatureMap($0.network) })
        space = SearchSpace(spec, hasTeachers: !teachers.isEmpty, features: features)
        sampler = TreeParzen(space.dimensions, seed: spec.seed)
        plan = HalvingPlan(trials: spec.tune.trials ?? TuneSpec.defaultTrials, epochs: spec.student.epochs)
        trialData = plan.rungs.count > 1 ? data.forTrials(seed: spec.seed) : data
        answers = TeacherAnswers(plan, images: trialData.train.count, classes: data.classes, teachers: teachers.count)
        trainings = StudentTrainings(
            teachers: teachers, directory: directory, threads: threads, atOnce: atOnce, hooks: hooks)
        _ = try CheckpointStore(directory: directory)
        path = directory + "/state.json"
        state = TuningState(fingerprint: "")
        let fingerprint = try Self.fingerprint(spec, ownGraph, data, teachers)
        state = TuningState.load(path, fingerprint: fingerprint)
    }

    private static func fingerprint(
        _ spec: JobSpec, _ graph: Graph, _ data: TrainingData, _ teachers: [Teacher]
    ) throws -> String {
        let request = TrainingRequest(.tune, of: spec, graph: graph)
        let training = TrainingFingerprint.make(
            request, initial: .initialized(for: graph, seed: spec.seed), data: data, teachers: teachers)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let digest = SHA256.hash(data: try encoder.encode(spec.tune))
        return training + "-" + digest.prefix(8).map { String($0, radix: 16) }.joined(separator: ".")
    }

    /// - Throws: `Suspended`; a `JobFailure` where every whole training diverged, or the disk fails.
    public func run() throws -> Result {
        do {
            trainings.steps = plannedSteps
            try runFirstRung()
            for rung in plan.rungs.indices.dropFirst() { try climb(to: rung) }
            return try finish()
        } catch let error as CheckpointError {
            throw error.failure
        }
    }
}

// Trials, rung by rung.
extension Tuner {
    private func isLast(_ rung: Int) -> Bool { rung == plan.rungs.count - 1 }

    private func runFirstRung() throws {
        let wanted = plan.rungs[0].trials
        var first = 0
        while first < wanted, !(state.isCutShort && first >= state.points.count) {
            let size = min(first == 0 ? Self.firstBatch : Self.nextBatch, wanted - first)
            if state.points.count < first + size {
                if first > 0, !hasTime(for: size * plan.rungs[0].epochs + lastEpochs(2)) {
                    state.isCutShort = true
                    try save()
                    break
                }
                state.points += proposals(first, size)
                try save()
            }
            try run(rung: 0, trials: Array(first..<first + size))
            first += size
        }
    }

    private func proposals(_ first: Int, _ size: Int) -> [[Double]] {
        if first == 0 { return [space.own] + sampler.beginning(size - 1) }
        let known = state.scores(rung: 0).filter { $0.trial < first }.map {
            TreeParzen.Known(point: state.points[$0.trial], score: $0.score)
        }
        return (first..<first + size).map { sampler.propose(known, number: $0) }
    }

    private func climb(to rung: Int) throws {
        if state.promoted.count < rung {
            let planned = plan.rungs[rung]
            var count = min(planned.trials, state.points.count)
            if isLast(rung) {
                if count > 1, !hasTime(for: lastEpochs(2)) { count = 1 }
            } else {
                while count > 2, !hasTime(for: count * planned.epochs + lastEpochs(2)) { count -= 1 }
                // Those who would be promoted anyway need no further look.
                if count <= plan.rungs[rung + 1].trials { count = 0 }
            }
            if count < min(planned.trials, state.points.count) { state.isCutShort = true }
            state.promoted.append(promoted(rung: rung, count: count))
            try save()
        }
        try run(rung: rung, trials: state.promoted[rung - 1])
    }

    /// By the scores of the last rung that anyone was on.
    private func promoted(rung: Int, count: Int) -> [Int] {
        guard count > 0 else { return [] }
        let below = (0..<rung).last { !state.scores(rung: $0).isEmpty } ?? 0
        let scores = state.scores(rung: below)
        if count == 1 {
            // No time for two: the best so far.
            return [scores.max { ($0.score, -$0.trial) < ($1.score, -$1.trial) }?.trial ?? 0]
        }
        return HalvingPlan.promoted(scores, count: count)
    }

    private func lastEpochs(_ trials: Int) -> Int { isLast(0) ? 0 : plan.epochs * trials }

    /// Whether so many epochs are likely to end within the budget.
    private func hasTime(for epochs: Int) -> Bool {
        guard let budget = spec.tune.budget, state.epochs > 0 else { return true }
        return state.seconds * (1 + Double(epochs) / Double(state.epochs)) <= Double(budget)
    }

    private var plannedSteps: Int {
        plan.rungs.indices.reduce(0) { sum, rung in
            let one = StudentTrainings.steps(
                isLast(rung) ? data : trialData, batch: spec.training.batch, epochs: plan.rungs[rung].epochs)
            return sum + one * plan.rungs[rung].trials
        }
    }

    /// Trains those that have not been.
    private func run(rung: Int, trials: [Int]) throws {
        let missing = trials.filter { state.result(trial: $0, rung: rung) == nil }
        guard !missing.isEmpty else { return }
        let before = state.seconds
        let start = clock.now
        // Trials that were trained elsewhere took the time since they were asked for.
        let asked = state.asked
        func count() {
            state.seconds =
                before + (asked.map { max(0, Date().timeIntervalSince($0)) } ?? (clock.now - start).inSeconds)
            state.asked = nil
        }
        let all = try missing.map { try training($0, rung: rung) }
        do {
            try trainings.run(all) { place, end in
                let result = result(of: end, all[place], trial: missing[place], rung: rung)
                state.results.append(result)
                count()
                try save()
                if !isLast(rung) { trainings.forget(all[place]) }
                hooks.trial(result, state.results.count, max(plan.trainings, state.results.count))
            }
        } catch let wanted as TrialsWanted {
            state.asked = asked ?? Date()
            try save()
            throw wanted
        } catch {
            count()
            try? save()
            throw error
        }
        count()
        try save()
    }

    /// Not where another process goes on with it.
    private func save() throws(CheckpointError) {
        if case .one = hooks.place { return }
        try state.save(path)
    }

    private func training(_ trial: Int, rung: Int) throws -> StudentTraining {
        let last = isLast(rung)
        let changed = spec(of: trial)
        return StudentTraining(
            folder: last ? "trial-\(trial + 1)" : "rung-\(rung + 1)-trial-\(trial + 1)",
            request: TrainingRequest(
                last ? .student : .tune, of: changed, graph: try Presets.make(changed, data),
                epochs: plan.rungs[rung].epochs),
            data: last ? data : trialData, answers: last ? nil : answers)
    }

    private func settings(of trial: Int) -> TrialSettings {
        trial == 0 ? TrialSettings() : space.settings(at: state.points[trial])
    }

    private func spec(of trial: Int) -> JobSpec {
        var changed = spec.with(settings(of: trial))
        changed.distillation.isAuto = false
        return changed
    }

    private func result(
        of end: StudentEnd, _ training: StudentTraining, trial: Int, rung: Int
    ) -> TrialResult {
        var result = TrialResult(
            trial: trial + 1, rung: rung + 1, epochs: training.request.epochs, accuracy: 0, loss: nil, seconds: 0,
            score: 0)
        if case .finished(let outcome) = end {
            let best = outcome.records.first { $0.epoch == outcome.bestEpoch }
            result.accuracy = outcome.bestAccuracy
            result.loss = best?.evaluationLoss ?? 0
            result.seconds = outcome.seconds
        }
        result.score = spec.tune.score(
            accuracy: result.accuracy, cost: spec.tune.cost(of: training.request.graph),
            reference: spec.tune.cost(of: ownGraph))
        return result
    }
}

// What came of it.
extension Tuner {
    private func finish() throws -> Result {
        let rung = plan.rungs.count - 1
        let reached = rung == 0 ? Array(state.points.indices) : state.promoted[rung - 1]
        let sound = reached.filter { state.result(trial: $0, rung: rung)?.hasDiverged == false }
        // Where all diverged, the first says how.
        let trials = sound.isEmpty ? Array(reached.prefix(1)) : sound
        var finalists: [Finalist] = []
        var failure: JobFailure?
        // Their trainings have ended: this takes them from their files.
        let all = try trials.map { try training($0, rung: rung) }
        var ends: [Int: StudentEnd] = [:]
        try trainings.run(all) { place, end in ends[place] = end }
        for (place, trial) in trials.enumerated() {
            switch ends[place] {
            case .finished(let outcome):
                let graph = all[place].request.graph
                finalists.append(
                    Finalist(
                        trial: trial, spec: spec(of: trial),
                        network: TrainedNetwork(graph: graph, parameters: outcome.best), training: outcome))
            case .diverged(let one): failure = failure ?? one
            case nil: break
            }
        }
        guard !finalists.isEmpty else { throw failure ?? JobFailure.tooFewImages(data.train.count, training: "tune") }
        let scores = finalists.map { state.result(trial: $0.trial, rung: rung)?.score ?? -.infinity }
        let chosen = scores.indices.max { (scores[$0], -$0) < (scores[$1], -$1) } ?? 0
        return Result(finalists: finalists, chosen: chosen, record: record(chosen: finalists[chosen].trial))
    }

    private func record(chosen: Int) -> TuningRecord {
        let trials = state.points.indices.map { trial in
            TuningRecord.Trial(
                number: trial + 1, settings: trial == 0 ? space.ownSettings : settings(of: trial),
                results: state.results.filter { $0.trial == trial + 1 }.sorted { $0.rung < $1.rung })
        }
        let first = state.scores(rung: 0)
        // One that diverged is as bad as the worst of the others: how much worse is a matter of convention.
        let sound = first.filter { state.result(trial: $0.trial, rung: 0)?.hasDiverged == false }.map(\.score)
        let worst = sound.min() ?? 0
        let importance = space.importance(
            first.map { state.points[$0.trial] }, scores: first.map { max($0.score, worst) })
        let rungs = plan.rungs.indices.map { rung in
            let images = isLast(rung) ? data : trialData
            return TuningRecord.Rung(
                epochs: plan.rungs[rung].epochs, trials: state.scores(rung: rung).count,
                trainImages: images.train.count, judgeImages: images.evaluation.count)
        }
        let work = rungs.reduce(0.0) { $0 + Double($1.trials * $1.epochs) * Double($1.trainImages) }
        return TuningRecord(
            asked: spec.tune, trials: trials, rungs: rungs, importance: importance, chosen: chosen + 1,
            fullTrainings: work / (Double(plan.epochs) * Double(data.train.count)), seconds: state.seconds,
            isCutShort: state.isCutShort)
    }
}
