import Compute
import Manifests
import Networks

/// Trains several students of one kind together, each of which learns from the others (`MutualLoss`): in lockstep, on the
/// same images, from first values of their own.
///
/// As `Trainer`, but for teachers: epochs, checkpoints, what happens to a loss that is no number. One checkpoint holds
/// all students, so that they go on from the same step.
public final class MutualTrainer {
    private let request: TrainingRequest
    private let order: BatchOrder
    private let students: [Student]
    private let loss: MutualLoss
    private let data: TrainingData
    private let checkpoints: CheckpointStore
    private let hooks: TrainingHooks
    private let fingerprint: String
    private var position: MutualPosition

    private struct Student {
        let initial, best: ParameterBuffer
        let step: StepRunner
        let evaluator: Evaluator?
    }

    /// Does not change what comes out.
    private static let checkpointInterval: Duration = .seconds(60)

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
            if let checkpoint = checkpoints.latest(
                request.name, of: MutualPosition.self, fingerprint: fingerprint, onDamage: hooks.tellDamage)
            {
                take(checkpoint)
            }
            while !isDone {
                do {
                    try runEpoch()
                } catch let divergence as Divergence {
                    try goBack(divergence)
                }
            }
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

    private var isDone: Bool {
        if position.epochsDone >= request.epochs { return true }
        guard let patience = request.training.patience, data.evaluation.count > 0 else { return false }
        return position.students.allSatisfy { position.epochsDone - $0.improvedEpoch >= patience }
    }

    private func runEpoch() throws {
        let clock = ContinuousClock()
        let begin = clock.now
        let before = position.seconds
        var saved = begin
        var meter = ProgressMeter(request, order, firstStep: position.stepsInEpoch, begin: begin)
        order.shuffle(epoch: position.epochsDone)
        while position.stepsInEpoch < order.steps {
            if hooks.shouldStop() {
                position.seconds = before + (clock.now - begin).inSeconds
                if !position.isBetweenEpochs { try save() }
                throw Suspended()
            }
            try runStep()
            let now = clock.now
            if let progress = meter.progress(at: now, position, lossSum: position.students[0].lossSum) {
                hooks.progress(progress)
            }
            if now - saved > Self.checkpointInterval, position.stepsInEpoch < order.steps {
                position.seconds = before + (now - begin).inSeconds
                try save()
                saved = clock.now
            }
        }
        try endEpoch(seconds: { before + (clock.now - begin).inSeconds })
    }

    private func runStep() throws(Divergence) {
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
            throw Divergence(
                what: "the loss became \(result.batch.loss)", epoch: epoch + 1, step: position.stepsInEpoch,
                lossSum: position.students[0].lossSum)
        }
        for student in students { student.step.learn(step: number, rateScale: position.rateScale) }
        for (k, result) in results.enumerated() { position.students[k].add(result) }
    }

    private func endEpoch(seconds: () -> Double) throws {
        let trainSeconds = seconds()
        let images = order.steps * order.batch
        var evaluations: [Evaluation] = []
        for student in students {
            guard student.step.isFinite() else { throw divergence("a weight became infinite or NaN") }
            guard let evaluator = student.evaluator else {
                evaluations.append(Evaluation(loss: 0, answers: [], confusion: []))
                continue
            }
            evaluator.reload(student.step.result)
            do {
                evaluations.append(try evaluator.evaluate(data.evaluation, shouldStop: hooks.shouldStop))
            } catch {
                // The steps are done, and the look at the evaluation split is made again later.
                position.seconds = trainSeconds
                try save()
                throw error
            }
        }
        if let broken = evaluations.first(where: { !$0.loss.isFinite }) {
            throw divergence("the loss on the evaluation split became \(broken.loss)")
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

    private func divergence(_ what: String) -> Divergence {
        Divergence(
            what: what, epoch: position.epochsDone + 1, step: position.stepsInEpoch,
            lossSum: position.students[0].lossSum)
    }
}

// Checkpoints: what is written, and going back to it.
extension MutualTrainer {
    private var buffers: [ParameterBuffer] {
        students.flatMap { $0.step.state(best: $0.best) }
    }

    private func save() throws(CheckpointError) {
        try checkpoints.save(
            CheckpointFile(content: position, fingerprint: fingerprint, buffers: buffers), stage: request.name)
    }

    private func take(_ checkpoint: CheckpointFile<MutualPosition>) {
        checkpoint.restore(to: buffers)
        position = checkpoint.content
    }

    private func goBack(_ divergence: Divergence) throws {
        guard position.rateScale == 1 else { throw divergence.failure(request) }
        let checkpoint = checkpoints.latest(
            request.name, of: MutualPosition.self, fingerprint: fingerprint, betweenEpochs: true,
            onDamage: hooks.tellDamage)
        // Before the new one is written: taken up after a crash, it would count as a second divergence.
        try checkpoints.removeStep(request.name)
        if let checkpoint {
            take(checkpoint)
        } else {
            begin()
        }
        position.rateScale = 0.5
        try save()
        hooks.notice(divergence.notice(request, backTo: position.epochsDone))
    }

    private func begin() {
        position = MutualPosition(students: students.count)
        for student in students { student.step.begin(student.initial, best: student.best) }
    }
}
