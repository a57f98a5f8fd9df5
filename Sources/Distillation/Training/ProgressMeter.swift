import Manifests

/// Says a few times a second how far an epoch is.
struct ProgressMeter {
    private let request: TrainingRequest
    private let order: BatchOrder
    private let firstStep: Int
    private let begin: ContinuousClock.Instant
    private var told: ContinuousClock.Instant

    private static let interval: Duration = .milliseconds(250)

    /// - Parameter firstStep: of the epoch, where this process goes on with it.
    init(_ request: TrainingRequest, _ order: BatchOrder, firstStep: Int, begin: ContinuousClock.Instant) {
        self.request = request
        self.order = order
        self.firstStep = firstStep
        self.begin = begin
        told = begin
    }

    /// After a step; nil where something was said just now.
    mutating func progress(
        at now: ContinuousClock.Instant, _ position: some CheckpointedPosition, lossSum: Double
    ) -> TrainingProgress? {
        guard now - told >= Self.interval else { return nil }
        told = now
        let images = (position.stepsInEpoch - firstStep) * order.batch
        return TrainingProgress(
            stage: request.stage, stepsDone: position.epochsDone * order.steps + position.stepsInEpoch,
            steps: request.epochs * order.steps, epoch: position.epochsDone + 1, epochs: request.epochs,
            loss: lossSum / Double(position.stepsInEpoch), imagesPerSecond: Double(images) / (now - begin).inSeconds)
    }
}

extension Duration {
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
