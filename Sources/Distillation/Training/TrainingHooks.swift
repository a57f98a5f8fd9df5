import Manifests

/// What a training tells, and asks, while it runs. All are called from the thread that trains.
public struct TrainingHooks {
    /// At most four times a second.
    public var progress: (TrainingProgress) -> Void
    /// After each epoch, once its checkpoint is on disk. Epochs of earlier processes are not told again.
    public var epoch: (EpochRecord) -> Void
    /// A sentence for the user.
    public var notice: (String) -> Void
    /// Asked before every step; `true` ends the training with `Suspended`.
    public var shouldStop: () -> Bool

    public init(
        progress: @escaping (TrainingProgress) -> Void = { _ in }, epoch: @escaping (EpochRecord) -> Void = { _ in },
        notice: @escaping (String) -> Void = { _ in }, shouldStop: @escaping () -> Bool = { false }
    ) {
        self.progress = progress
        self.epoch = epoch
        self.notice = notice
        self.shouldStop = shouldStop
    }

    func tellDamage(_ error: CheckpointError) { notice("A checkpoint of an earlier run is not used: \(error)") }
}

/// How far a training is.
public struct TrainingProgress: Sendable, Equatable {
    public var stage: Stage
    /// Of the whole training.
    public var stepsDone: Int
    public var steps: Int
    /// Under way, counted from 1.
    public var epoch: Int
    public var epochs: Int
    /// Mean of the epoch so far.
    public var loss: Double
    /// In this epoch, since the process began or took it up.
    public var imagesPerSecond: Double
}
