import Manifests

/// How far students that learn from each other are, but for the values of their networks.
struct MutualPosition: CheckpointedPosition, Equatable {
    /// Epochs that ended; also the index of the one under way.
    var epochsDone = 0
    /// Steps done in the epoch under way.
    var stepsInEpoch = 0
    /// Wall time of the epoch under way.
    var seconds = 0.0
    /// Factor on the learning rate: 1, or a half after a divergence.
    var rateScale = 1.0
    var students: [Student]

    init(students count: Int) { students = (0..<count).map { _ in Student() } }

    /// What one of them has come to: sums over the epoch under way, and the epochs before.
    struct Student: BestEpoch, Codable, Equatable {
        var lossSum = 0.0
        var hardSum = 0.0
        var softSum = 0.0
        var cosineSum = 0.0
        var right = 0
        /// Images with a label.
        var labelled = 0
        var records: [EpochRecord] = []
        var bestEpoch = 0
        var bestAccuracy = 0.0
        var improvedEpoch = 0

        mutating func add(_ result: DistillationLoss.Result) {
            lossSum += result.batch.loss
            hardSum += result.hard
            softSum += result.soft
            cosineSum += result.cosine
            right += result.batch.right
            labelled += result.batch.labelled
        }

        var trainAccuracy: Double { Double(right) / Double(max(labelled, 1)) }

        /// The figures of the epoch that ends. Labels and others count alike.
        func teaching(from others: [Student], steps: Int) -> TeachingRecord {
            let steps = Double(steps)
            let wrong = others.reduce(0) { $0 + 1 - $1.trainAccuracy } / Double(others.count)
            return TeachingRecord(
                alpha: 0.5, temperature: 1, hardLoss: hardSum / steps, softLoss: softSum / steps,
                gradientCosine: cosineSum / steps, trust: 1, teacherErrors: wrong)
        }

        mutating func end(_ record: EpochRecord) {
            records.append(record)
            (lossSum, hardSum, softSum, cosineSum) = (0, 0, 0, 0)
            (right, labelled) = (0, 0)
        }
    }
}
