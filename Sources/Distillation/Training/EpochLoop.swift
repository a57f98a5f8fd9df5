import Networks

/// The way of a training through its epochs: checkpoints between and within them, stops, and one way back from a loss or
/// a value that is no number. What a step and the end of an epoch do is up to who adopts it.
protocol EpochLoop: AnyObject {
    associatedtype Position: CheckpointedPosition

    var request: TrainingRequest { get }
    var order: BatchOrder { get }
    var checkpoints: CheckpointStore { get }
    var hooks: TrainingHooks { get }
    var fingerprint: String { get }
    var position: Position { get set }
    /// What a checkpoint holds beside the position, in its order.
    var buffers: [ParameterBuffer] { get }
    /// Over the epoch under way, of the network that progress tells of.
    var lossSum: Double { get }
    /// Whether the last epoch has ended.
    var isDone: Bool { get }

    /// One step, after which the position is one further.
    func runStep() throws(Divergence)
    /// Judges, keeps and tells what an epoch came to, and moves the position to the next.
    ///
    /// - Parameter seconds: of the epoch, up to the call.
    func endEpoch(seconds: () -> Double) throws
    /// As before the first step.
    func begin()
}

/// Between checkpoints within an epoch; does not change what comes out.
private let checkpointInterval: Duration = .seconds(60)

extension EpochLoop {
    /// Takes up the latest checkpoint.
    ///
    /// - Returns: false where there is none.
    func resume() -> Bool {
        guard
            let checkpoint = checkpoints.latest(
                request.name, of: Position.self, fingerprint: fingerprint, onDamage: hooks.tellDamage)
        else { return false }
        take(checkpoint)
        return true
    }

    /// - Throws: `Suspended`, a `CheckpointError`, or a `JobFailure` with the code `training.diverged`.
    func runEpochs() throws {
        while !isDone {
            do {
                try runEpoch()
            } catch let divergence as Divergence {
                try goBack(divergence)
            }
        }
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
            if let progress = meter.progress(at: now, position, lossSum: lossSum) { hooks.progress(progress) }
            if now - saved > checkpointInterval, position.stepsInEpoch < order.steps {
                position.seconds = before + (now - begin).inSeconds
                try save()
                saved = clock.now
            }
        }
        try endEpoch(seconds: { before + (clock.now - begin).inSeconds })
    }

    /// What a network of finite values makes of the evaluation split after an epoch.
    ///
    /// - Parameters:
    ///   - evaluator: `nil`: there is no such split.
    ///   - trainSeconds: of the epoch so far.
    /// - Throws: `Suspended`, after a checkpoint: the steps are done, and the look is made again later.
    func evaluate(
        _ step: StepRunner, by evaluator: Evaluator?, on images: ImageSet, trainSeconds: Double
    ) throws -> Evaluation {
        guard step.isFinite() else { throw divergence("a weight became infinite or NaN") }
        guard let evaluator else { return Evaluation(loss: 0, answers: [], confusion: []) }
        evaluator.reload(step.result)
        let evaluation: Evaluation
        do {
            evaluation = try evaluator.evaluate(images, shouldStop: hooks.shouldStop)
        } catch {
            position.seconds = trainSeconds
            try save()
            throw error
        }
        guard evaluation.loss.isFinite else {
            throw divergence("the loss on the evaluation split became \(evaluation.loss)")
        }
        return evaluation
    }

    func divergence(_ what: String) -> Divergence {
        Divergence(what: what, epoch: position.epochsDone + 1, step: position.stepsInEpoch, lossSum: lossSum)
    }

    // MARK: Checkpoints

    func save() throws(CheckpointError) {
        try checkpoints.save(
            CheckpointFile(content: position, fingerprint: fingerprint, buffers: buffers), stage: request.name)
    }

    private func take(_ checkpoint: CheckpointFile<Position>) {
        checkpoint.restore(to: buffers)
        position = checkpoint.content
    }

    /// To the last checkpoint between epochs, once, with half the learning rate.
    private func goBack(_ divergence: Divergence) throws {
        guard position.rateScale == 1 else { throw divergence.failure(request) }
        let checkpoint = checkpoints.latest(
            request.name, of: Position.self, fingerprint: fingerprint, betweenEpochs: true, onDamage: hooks.tellDamage)
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
}
