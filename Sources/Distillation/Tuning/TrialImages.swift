import Compute
import Datasets

extension TrainingData {
    /// Images that short trials are judged by at least, where there are enough.
    private static let enoughJudges = 2000

    /// The same data for short trials: where the evaluation split is small, up to a quarter of the training images is
    /// kept back to judge by as well, the same part of every class, drawn by the seed. With 400 images two settings must
    /// be 5 points apart to be told from chance, with 1,400 less than 3. Whole trainings learn from everything and are
    /// judged by the evaluation split alone.
    func forTrials(seed: UInt64) -> TrainingData {
        let wanted = min(train.count / 4, Self.enoughJudges - evaluation.count)
        guard wanted > 0 else { return self }
        var quota = [Int](repeating: 0, count: classes)
        for i in 0..<train.count { quota[Int(train.labels[i])] += 1 }
        for c in quota.indices { quota[c] = quota[c] * wanted / train.count }
        var random = CounterRandom(seed: seed, stream: Self.stream)
        var isKeptBack = [Bool](repeating: false, count: train.count)
        for index in random.permutation(train.count) {
            let label = Int(train.labels[Int(index)])
            guard quota[label] > 0 else { continue }
            quota[label] -= 1
            isKeptBack[Int(index)] = true
        }
        let all = Array(0..<train.count)
        var data = self
        data.train = ImageSet(parts: [(train, all.filter { !isKeptBack[$0] })])
        data.evaluation = ImageSet(parts: [
            (evaluation, Array(0..<evaluation.count)), (train, all.filter { isKeptBack[$0] }),
        ])
        return data
    }

    /// "held" in ASCII.
    private static let stream: UInt32 = 0x6865_6C64
}
