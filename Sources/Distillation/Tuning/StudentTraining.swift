import Compute
import Foundation
import Manifests
import Networks

/// One of several trainings of students that run at the same time.
struct StudentTraining {
    /// Of its checkpoints, and unique among those of the job.
    let folder: String
    let request: TrainingRequest
    let data: TrainingData
    let answers: TeacherAnswers?
}

/// How a training of several ended.
enum StudentEnd {
    case finished(TrainingOutcome)
    case diverged(JobFailure)
}

/// Trains several students at once, each with its part of the threads: small networks have too little work in a step for
/// many. What comes out does not hang on how many train at once.
final class StudentTrainings {
    private let teachers: [Teacher]
    private let directory: String
    private let threads: Int
    private let atOnce: Int
    private let hooks: TunerHooks
    /// Hooks are called, and what follows is changed, by one thread at a time.
    private let lock = NSLock()
    private var stepsDone = 0
    /// Of the trainings that run, by place.
    private var running: [Int: Int] = [:]
    /// Of all trainings, as far as is known.
    var steps = 0

    /// - Parameters:
    ///   - threads: of all together.
    ///   - atOnce: trainings at the same time, at most.
    init(teachers: [Teacher], directory: String, threads: Int, atOnce: Int, hooks: TunerHooks) {
        self.teachers = teachers
        self.directory = directory
        self.threads = threads
        self.atOnce = atOnce
        self.hooks = hooks
    }

    /// Steps of a training of so many epochs.
    static func steps(_ data: TrainingData, batch: Int, epochs: Int) -> Int {
        epochs * max(1, data.train.count / max(1, min(batch, data.train.count)))
    }

    /// - Parameter ended: called for each that ended, by one thread at a time.
    /// - Throws: `Suspended`, a `JobFailure`, or what `ended` throws; where trials are trained elsewhere, see `TrialPlace`.
    func run(_ trainings: [StudentTraining], ended: (Int, StudentEnd) throws -> Void) throws {
        guard !trainings.isEmpty else { return }
        let folders = trainings.map { "\(directory)/\($0.folder)" }
        switch hooks.place {
        case .here: break
        case .elsewhere:
            let missing = folders.filter { !EndMark(folder: $0).isSet }
            guard missing.isEmpty else { throw TrialsWanted(folders: missing) }
        case .one(let wanted):
            // Those before it have ended: they are taken from their files.
            guard let place = folders.firstIndex(of: wanted) else { break }
            _ = try train(trainings[place], place: place, pool: ThreadPool(threads: threads))
            try EndMark(folder: wanted).set()
            throw TrialDone()
        }
        let workers = max(1, min(atOnce, threads, trainings.count))
        let pools = ThreadPool(threads: workers)
        var failures: [(place: Int, error: any Error)] = []
        // The caller may hold parts of the threads that do not divide evenly; they are given to the first workers.
        pools.run(trainings.count) { place, worker in
            let own = threads / workers + (worker < threads % workers ? 1 : 0)
            do {
                if locked({ !failures.isEmpty || hooks.shouldStop() }) { throw Suspended() }
                let end = try train(trainings[place], place: place, pool: ThreadPool(threads: own))
                try locked {
                    stepsDone += running.removeValue(forKey: place) ?? 0
                    try ended(place, end)
                }
            } catch {
                locked {
                    running[place] = nil
                    failures.append((place, error))
                }
            }
        }
        // The one that stopped the others comes before those that were stopped.
        if let cause = failures.sorted(by: { $0.place < $1.place }).first(where: { !($0.error is Suspended) }) {
            throw cause.error
        }
        if let first = failures.first { throw first.error }
    }

    private func train(_ training: StudentTraining, place: Int, pool: ThreadPool) throws -> StudentEnd {
        let store = try CheckpointStore(directory: "\(directory)/\(training.folder)")
        let request = training.request
        let trainer = try Trainer(
            request, initial: .initialized(for: request.graph, seed: request.seed), data: training.data,
            teachers: teachers, answers: training.answers, pool: pool, checkpoints: store,
            hooks: TrainingHooks(
                progress: { [self] progress in
                    locked {
                        running[place] = progress.stepsDone
                        let done = stepsDone + running.values.reduce(0, +)
                        hooks.progress(min(done, steps), steps)
                    }
                },
                notice: { [self] text in locked { hooks.notice("\(training.folder): \(text)") } },
                shouldStop: { [self] in locked { hooks.shouldStop() } }))
        do {
            let outcome = try trainer.run()
            locked { running[place] = Self.steps(training.data, batch: request.training.batch, epochs: request.epochs) }
            return .finished(outcome)
        } catch let failure as JobFailure where failure.code == "training.diverged" {
            return .diverged(failure)
        }
    }

    /// Takes a training's checkpoints away.
    func forget(_ training: StudentTraining) {
        try? FileManager.default.removeItem(atPath: "\(directory)/\(training.folder)")
    }

    func locked<Value>(_ body: () throws -> Value) rethrows -> Value {
        lock.lock()
        defer { lock.unlock() }
        return try body()
    }
}
