import Manifests
import Networks

/// What a training ends with. Only the times in it differ between runs of the same input.
public struct TrainingOutcome: Sendable {
    /// Of the epoch with the highest accuracy on the evaluation split, the latest of equals; of the last epoch where
    /// that split is empty. With `ema`, the averaged values.
    public var best: ParameterBuffer
    /// After the last epoch. With `ema`, the averaged values.
    public var last: ParameterBuffer
    /// One for each epoch.
    public var records: [EpochRecord]
    /// The epoch of `best`, counted from 1.
    public var bestEpoch: Int
    /// Below `records[0].epochs` where training stopped early.
    public var epochsRun: Int { records.count }
    /// Wall time of all epochs, over all processes that took part.
    public var seconds: Double { records.reduce(0) { $0 + $1.seconds } }

    public init(best: ParameterBuffer, last: ParameterBuffer, records: [EpochRecord], bestEpoch: Int) {
        self.best = best
        self.last = last
        self.records = records
        self.bestEpoch = bestEpoch
    }
}

extension TrainingOutcome {
    /// On the evaluation split, of the values that are best; 0 where there is none.
    public var bestAccuracy: Double { records.first { $0.epoch == bestEpoch }?.evaluationAccuracy ?? 0 }

    /// The same outcome as that of another stage.
    public func told(as stage: Stage) -> TrainingOutcome {
        var outcome = self
        for index in outcome.records.indices { outcome.records[index].stage = stage }
        return outcome
    }

    /// - Parameter number: which of several of that stage; `nil`: the only one.
    public func told(as stage: Stage, number: Int?) -> TrainingOutcome {
        var outcome = told(as: stage)
        for index in outcome.records.indices { outcome.records[index].teacher = number }
        return outcome
    }
}

/// Stopped on request. What was done is in a checkpoint, and the same call goes on from there.
public struct Suspended: Error, Equatable, Sendable {
    public init() {}
}
