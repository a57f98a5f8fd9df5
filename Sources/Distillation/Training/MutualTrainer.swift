import Compute
import Manifests
import Networks

/// Trains several students of one kind together, each of which learns from the others (`MutualLoss`): in lockstep, on the
/// same images, from first values of their own.
///
/// As `Trainer`, but for teachers: epochs, checkpoints, what happens to a loss that is no number. One checkpoint holds
/// all students, so that they go on from the same step.
public final class MutualTrainer: EpochLoop {
    let request: TrainingRequest
    let order: BatchOrder
    private let students: [Student]
    private let loss: MutualLoss
    private let data: TrainingData
    let checkpoints: CheckpointStore
    let hooks: TrainingHooks
    let fingerprint: String
    var position: MutualPosition

    private struct Student {
        let initial, best: ParameterBuffer
        let step: StepRunner
        let evaluator: Evaluator?
    }

    /// - Parameters:
    ///   - request: of the first of them, whose stage is `.student`.
    ///   - initials: first values of each, at least two; copied.
    /// - Throws: a `JobFailure` where there are too few images.
    public init(
        _ request: TrainingRequest, initials: [ParameterBuffer], data: TrainingData, pool: ThreadPool,
        checkpoints: CheckpointStore, hooks: TrainingHooks = TrainingHooks()
    ) throws(JobFailure) {
        precondition(initials.count >= 2 && initials.allSatisfy { $0.count == request.graph.storageCount })
        guard data.train.count >= 2 else { throw .tooFewImages(data.train.count, training: request.name) }
        self.request = request
        self.data = data
        self.checkpoints = checkpoints
        self.hooks = hooks
        order = BatchOrder(images: data.train.count, batch: request.training.batch, seed: request.seed)
        var made: [Student] = []
        for initial in initials {
            let step = try StepRunner(
                request, initial: initial, data: data, teachers: [], batch: order.batch,
                steps: order.steps * request.epochs, pool: pool)
            let evaluator =
                data.evaluation.count == 0
                ? nil
                : Evaluator(
                    TrainedNetwork(graph: request.graph, parameters: initial), data: data, batch: min(128, order.batch),
                    pool: pool)
            made.append(Student(initial: initial.copy(), best: initial.copy(), step: step, evaluator: evaluator))
        }
        students = made
        loss = MutualLoss(students: made.count, maximumBatch: order.batch, classes: data.classes)
        position = MutualPosition(students: made.count)
        fingerprint = TrainingFingerprint.make(request, initials: initials, data: data)
    }

    /// Trains, or gives what an earlier process ended with.
    ///
    /// - Returns: an outcome of each, in the order of their first values: the first with records of the stage `.student`,
    ///   the others of `.peer`.
    /// - Throws: `Suspended`, or a `JobFailure` with the code `training.diverged` or `checkpoint.failed`.
    public func run() throws -> [TrainingOutcome] {
        let finished = students.indices.compactMap {
            checkpoints.outcome(name($0), fingerprint: fingerprint, onDamage: hooks.tellDamage)
        }
        if finished.count == students.count { return finished }
        do {
            _ = resume()
            try runEpochs()
            let outcomes = zip(students, position.students).map { student, own in
                TrainingOutcome(
                    best: student.best.copy(), last: student.step.result.copy(), records: own.records,
                    bestEpoch: own.bestEpoch)
            }
            // The first one last: with it go the checkpoints of all.
            for (k, outcome) in outcomes.enumerated().reversed() {
                try checkpoints.finish(name(k), fingerprint: fingerprint, outcome)
            }
            return outcomes
        } catch let error as CheckpointError {
            throw error.failure
        }
    }

    private func name(_ k: Int) -> String { k == 0 ? request.name : "\(Stage.peer.rawValue)-\(k + 1)" }

    var buffers: [ParameterBuffer] { students.flatMap { $0.step.state(best: $0.best) } }

    var lossSum: Double { position.students[0].lossSum }

    var isDone: Bool {
        if position.epochsDone >= request.epochs { return true }
        guard let patience = request.training.patience, data.evaluation.count > 0 else { return false }
        return position.students.allSatisfy { position.epochsDone - $0.improvedEpoch >= patience }
    }

    func runStep() throws(Divergence) {
        let epoch = position.epochsDone
        let number = epoch * order.steps + position.stepsInEpoch
        let samples = order.samples(step: position.stepsInEpoch)
        for student in students { student.step.look(samples, epoch: epoch, step: number) }
        let results = loss.evaluate(
            students.map {
                MutualLoss.Student(logits: UnsafePointer($0.step.network.logits), dLogits: $0.step.network.dLogits)
            }, targets: UnsafePointer(students[0].step.targets.base), count: order.batch)
        position.stepsInEpoch += 1
        for result in results where !result.batch.loss.isFinite {
            throw divergence("the loss became \(result.batch.loss)")
        }
        for student in students { student.step.learn(step: number, rateScale: position.rateScale) }
        for (k, result) in results.enumerated() { position.students[k].add(result) }
    }

    func endEpoch(seconds: () -> Double) throws {
        let trainSeconds = seconds()
        let images = order.steps * order.batch
        let evaluations = try students.map {
            try evaluate($0.step, by: $0.evaluator, on: data.evaluation, trainSeconds: trainSeconds)
        }
        let lastStep = (position.epochsDone + 1) * order.steps - 1
        var records: [EpochRecord] = []
        for k in students.indices {
            let own = position.students[k]
            let others = position.students.indices.filter { $0 != k }.map { position.students[$0] }
            let record = EpochRecord(
                stage: k == 0 ? request.stage : .peer, epoch: position.epochsDone + 1, epochs: request.epochs,
                learningRate: position.rateScale * students[k].step.rate(lastStep),
                trainLoss: own.lossSum / Double(order.steps), trainAccuracy: own.trainAccuracy,
                evaluationLoss: evaluations[k].loss, evaluationAccuracy: evaluations[k].accuracy,
                imagesPerSecond: Double(images) / max(trainSeconds, 1e-9), seconds: seconds(),
                teacher: k == 0 ? nil : k + 1, teaching: own.teaching(from: others, steps: order.steps))
            if position.students[k].isBest(record) {
                students[k].best.base.update(from: students[k].step.result.base, count: students[k].best.count)
            }
            records.append(record)
        }
        for k in students.indices { position.students[k].end(records[k]) }
        position.epochsDone += 1
        position.stepsInEpoch = 0
        position.seconds = 0
        try save()
        for record in records { hooks.epoch(record) }
    }

    func begin() {
        position = MutualPosition(students: students.count)
        for student in students { student.step.begin(student.initial, best: student.best) }
    }
}
