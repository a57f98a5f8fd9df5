import Manifests

/// Tells the progress of an epoch a few times a second.
struct ProgressMeter {
    private let begin: ContinuousClock.Instant
    private let firstStep: Int
    private var told: ContinuousClock.Instant

    static let interval: Duration = .milliseconds(250)

    init(_ trainer: Trainer, begin: ContinuousClock.Instant) {
        self.begin = begin
        told = begin
        firstStep = trainer.position.stepsInEpoch
    }

    /// After a step.
    mutating func tick(_ now: ContinuousClock.Instant, _ trainer: Trainer) {
        guard now - told >= Self.interval else { return }
        told = now
        let position = trainer.position
        let steps = trainer.order.steps
        let images = (position.stepsInEpoch - firstStep) * trainer.order.batch
        trainer.hooks.progress(
            TrainingProgress(
                stage: trainer.request.stage, stepsDone: position.epochsDone * steps + position.stepsInEpoch,
                steps: trainer.request.epochs * steps, epoch: position.epochsDone + 1,
                epochs: trainer.request.epochs, loss: position.lossSum / Double(position.stepsInEpoch),
                imagesPerSecond: Double(images) / (now - begin).inSeconds))
    }
}

extension Duration {
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
