import Compute
import Manifests
import Networks

/// Trains one network, from its first values or from where an earlier process stopped, to the same bytes.
///
/// ```swift
/// let trainer = try Trainer(
///     TrainingRequest(stage: .student, graph: graph, epochs: 30, training: spec.training,
///         distillation: spec.distillation, seed: spec.seed),
///     initial: .initialized(for: graph, seed: spec.seed), data: TrainingData(dataset),
///     teachers: [Teacher(teacher)], pool: pool, checkpoints: store)
/// let outcome = try trainer.run()
/// ```
///
/// An epoch is a pass over the training images in a new order, then a look at the evaluation split, then a checkpoint.
/// A loss or a value that is no number sends the training back to its last checkpoint between epochs, once, with half
/// the learning rate; the next one ends it.
public final class Trainer: EpochLoop {
    let request: TrainingRequest
    let order: BatchOrder
    let step: StepRunner
    let data: TrainingData
    let checkpoints: CheckpointStore
    let hooks: TrainingHooks
    private let initial: ParameterBuffer
    private let evaluator: Evaluator?
    let fingerprint: String
    /// Values of the best epoch so far.
    private let best: ParameterBuffer
    var position: TrainingPosition

    /// - Parameters:
    ///   - initial: values to begin with; copied.
    ///   - teachers: what to learn from besides the labels; none: the labels alone.
    ///   - checkpoints: of the job; stages do not disturb each other.
    /// - Throws: a `JobFailure` where there are too few images, or a teacher does not fit.
    public convenience init(
        _ request: TrainingRequest, initial: ParameterBuffer, data: TrainingData, teachers: [Teacher] = [],
        pool: ThreadPool, checkpoints: CheckpointStore, hooks: TrainingHooks = TrainingHooks()
    ) throws(JobFailure) {
        try self.init(
            request, initial: initial, data: data, teachers: teachers, answers: nil, pool: pool,
            checkpoints: checkpoints, hooks: hooks)
    }

    /// - Parameter answers: of the teachers, shared with trainings that show the same views; do not change what comes out.
    init(
        _ request: TrainingRequest, initial: ParameterBuffer, data: TrainingData, teachers: [Teacher],
        answers: TeacherAnswers?, pool: ThreadPool, checkpoints: CheckpointStore, hooks: TrainingHooks
    ) throws(JobFailure) {
        let graph = request.graph
        precondition(request.epochs >= 1 && initial.count == graph.storageCount)
        precondition(graph.input == Graph.Shape(height: data.height, width: data.width, channels: data.channels))
        precondition(graph.classes == data.classes)
        guard data.train.count >= 2 else { throw .tooFewImages(data.train.count, training: request.name) }
        for (i, teacher) in teachers.enumerated() where !teacher.fits(data) {
            throw .unfitTeacher(teacher, number: i + 1, data: data)
        }
        self.request = request
        self.data = data
        self.checkpoints = checkpoints
        self.hooks = hooks
        self.initial = initial.copy()
        order = BatchOrder(images: data.train.count, batch: request.training.batch, seed: request.seed)
        step = try StepRunner(
            request, initial: initial, data: data, teachers: teachers, batch: order.batch,
            steps: order.steps * request.epochs, answers: answers, pool: pool)
        best = initial.copy()
        position = TrainingPosition(teaching: TeachingState(request.distillation))
        evaluator =
            data.evaluation.count == 0
            ? nil
            : Evaluator(
                TrainedNetwork(graph: graph, parameters: initial), data: data, batch: min(128, order.batch),
                pool: pool)
        fingerprint = TrainingFingerprint.make(request, initial: initial, data: data, teachers: teachers)
    }

    /// Trains, or gives what an earlier process ended with.
    ///
    /// - Throws: `Suspended`, or a `JobFailure` with the code `training.diverged` or `checkpoint.failed`.
    public func run() throws -> TrainingOutcome {
        let stage = request.name
        if let outcome = checkpoints.outcome(stage, fingerprint: fingerprint, onDamage: hooks.tellDamage) {
            return outcome
        }
        do {
            if !resume(), let advice = step.advice { hooks.notice(advice) }
            try runEpochs()
            let last = step.result.copy()
            let outcome = TrainingOutcome(
                best: best.copy(), last: last, records: position.records, bestEpoch: position.bestEpoch)
            try checkpoints.finish(stage, fingerprint: fingerprint, outcome)
            return outcome
        } catch let error as CheckpointError {
            throw error.failure
        }
    }

    var buffers: [ParameterBuffer] { step.state(best: best) }

    var lossSum: Double { position.lossSum }

    var isDone: Bool {
        if position.epochsDone >= request.epochs { return true }
        guard let patience = request.training.patience, evaluator != nil else { return false }
        return position.epochsDone - position.improvedEpoch >= patience
    }

    func runStep() throws(Divergence) {
        let epoch = position.epochsDone
        let loss = step.run(
            samples: order.samples(step: position.stepsInEpoch), epoch: epoch,
            step: epoch * order.steps + position.stepsInEpoch, rateScale: position.rateScale,
            &position.teaching)
        position.stepsInEpoch += 1
        guard loss.loss.isFinite else { throw divergence("the loss became \(loss.loss)") }
        position.lossSum += loss.loss
        position.right += loss.right
        position.labelled += loss.labelled
    }

    func endEpoch(seconds: () -> Double) throws {
        let trainSeconds = seconds()
        let evaluation = try evaluate(step, by: evaluator, on: data.evaluation, trainSeconds: trainSeconds)
        let steps = Double(order.steps)
        let images = order.steps * order.batch
        let lastStep = (position.epochsDone + 1) * order.steps - 1
        let record = EpochRecord(
            stage: request.stage, epoch: position.epochsDone + 1, epochs: request.epochs,
            learningRate: position.rateScale * step.rate(lastStep), trainLoss: position.lossSum / steps,
            trainAccuracy: Double(position.right) / Double(max(position.labelled, 1)), evaluationLoss: evaluation.loss,
            evaluationAccuracy: evaluation.accuracy, imagesPerSecond: Double(images) / max(trainSeconds, 1e-9),
            seconds: seconds(), teacher: isOneOfSeveral ? request.number : nil,
            teaching: position.teaching.record())
        if position.isBest(record) { best.base.update(from: step.result.base, count: best.count) }
        position.teaching.endEpoch(gates: request.distillation.gate)
        position.epochsDone += 1
        position.stepsInEpoch = 0
        position.lossSum = 0
        position.right = 0
        position.labelled = 0
        position.seconds = 0
        position.records.append(record)
        try save()
        hooks.epoch(record)
    }

    /// Whether its epochs are told apart from those of others of its stage; the trials of a search are not.
    private var isOneOfSeveral: Bool { request.number > 1 && request.stage != .student && request.stage != .tune }

    func begin() {
        position = TrainingPosition(teaching: TeachingState(request.distillation))
        step.begin(initial, best: best)
    }
}
