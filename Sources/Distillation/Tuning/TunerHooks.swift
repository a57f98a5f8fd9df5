import Manifests

/// What a tuning tells, and asks, while it runs: one call at a time, from any of its threads.
public struct TunerHooks {
    /// Steps of all trials, at most a few times a second.
    public var progress: (_ done: Int, _ total: Int) -> Void
    /// A training ended; `done` of `total` trainings.
    public var trial: (_ result: TrialResult, _ done: Int, _ total: Int) -> Void
    /// A sentence for the user.
    public var notice: (String) -> Void
    /// `true` ends it with `Suspended`.
    public var shouldStop: () -> Bool
    /// Who trains.
    public var place = TrialPlace.here

    public init(
        progress: @escaping (_ done: Int, _ total: Int) -> Void = { _, _ in },
        trial: @escaping (_ result: TrialResult, _ done: Int, _ total: Int) -> Void = { _, _, _ in },
        notice: @escaping (String) -> Void = { _ in }, shouldStop: @escaping () -> Bool = { false }
    ) {
        self.progress = progress
        self.trial = trial
        self.notice = notice
        self.shouldStop = shouldStop
    }
}
