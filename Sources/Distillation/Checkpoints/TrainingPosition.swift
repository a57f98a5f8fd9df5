import Manifests

/// How far a training is, but for the values of its network.
struct TrainingPosition: CheckpointedPosition, BestEpoch, Equatable {
    /// Epochs that ended; also the index of the one under way.
    var epochsDone = 0
    /// Steps done in the epoch under way.
    var stepsInEpoch = 0
    /// Sums over the epoch under way.
    var lossSum = 0.0
    var right = 0
    /// Images with a label.
    var labelled = 0
    /// Wall time of the epoch under way.
    var seconds = 0.0
    /// Factor on the learning rate: 1, or a half after a divergence.
    var rateScale = 1.0
    var records: [EpochRecord] = []
    var bestEpoch = 0
    var bestAccuracy = 0.0
    var improvedEpoch = 0
    var teaching: TeachingState
}

/// How far a training is: what a checkpoint says beside its values.
protocol CheckpointedPosition: Codable {
    var epochsDone: Int { get }
    var stepsInEpoch: Int { get }
    /// Wall time of the epoch under way.
    var seconds: Double { get set }
    /// Factor on the learning rate: 1, or a half after a divergence.
    var rateScale: Double { get set }
}

extension CheckpointedPosition {
    var isBetweenEpochs: Bool { stepsInEpoch == 0 }
}

/// Which epoch of a network was its best.
protocol BestEpoch {
    /// Of the values kept as best; 0: none yet. Counted from 1.
    var bestEpoch: Int { get set }
    var bestAccuracy: Double { get set }
    /// The last epoch with an accuracy above all earlier ones; 0: none yet.
    var improvedEpoch: Int { get set }
}

extension BestEpoch {
    /// Whether an epoch's values are to be kept: the latest of the best. Without an evaluation split all are equal.
    mutating func isBest(_ record: EpochRecord) -> Bool {
        let accuracy = record.evaluationAccuracy
        if improvedEpoch == 0 || accuracy > bestAccuracy { improvedEpoch = record.epoch }
        guard bestEpoch == 0 || accuracy >= bestAccuracy else { return false }
        bestEpoch = record.epoch
        bestAccuracy = accuracy
        return true
    }
}
