/// Many short trainings, some longer ones, few whole ones: successive halving (Jamieson and Talwalkar 2016,
/// "Non-stochastic best arm identification and hyperparameter optimization"; Li et al. 2020, "A system for massively
/// parallel hyperparameter tuning", is the same without waiting).
///
/// A quarter of a rung's trials goes on to the next, which trains four times as long, so that every rung costs about the
/// same. A training on a rung is one of its own with the whole of its learning rate's course: a beginning of a long one,
/// at a high rate, tells little of its end. Here a rung waits for the one below, so that who goes on does not hang on who
/// was faster.
public struct HalvingPlan: Sendable, Equatable {
    public struct Rung: Codable, Sendable, Equatable {
        public var epochs: Int
        public var trials: Int

        public init(epochs: Int, trials: Int) {
            self.epochs = epochs
            self.trials = trials
        }
    }

    /// Shortest trainings first; the last is of whole trainings.
    public var rungs: [Rung]
    public let epochs: Int

    private static let factor = 4
    /// In whole trainings: two of them at the end, and for 24 trials less than 6.
    private static func mostCost(trials: Int) -> Double { max(2 + Double(trials) / 6, Double(trials) / 4) }

    /// - Parameters:
    ///   - trials: at least 2.
    ///   - epochs: of a whole training, at least 1.
    public init(trials: Int, epochs: Int) {
        precondition(trials >= 2 && epochs >= 1)
        self.epochs = epochs
        func length(_ part: Int) -> Int { max(1, Int((Double(epochs) / Double(part)).rounded())) }
        func count(_ part: Int) -> Int { max(2, (trials + part - 1) / part) }
        let (f, ff) = (Self.factor, Self.factor * Self.factor)
        let last = Rung(epochs: epochs, trials: count(ff))
        let first = Rung(epochs: length(ff), trials: trials)
        let middle = Rung(epochs: length(f), trials: count(f))
        rungs = [first, middle, last]
        // Where an epoch is long against the training, the middle costs too much, or is no longer than its neighbours.
        let isMiddle = first.epochs < middle.epochs && middle.epochs < epochs && middle.trials > last.trials
        if !isMiddle || cost >= Self.mostCost(trials: trials) { rungs.remove(at: 1) }
        if first.epochs >= epochs { rungs = [Rung(epochs: epochs, trials: trials)] }
    }

    /// In whole trainings, the last rung's included.
    public var cost: Double {
        rungs.reduce(0) { $0 + Double($1.epochs * $1.trials) } / Double(epochs)
    }

    /// Epochs of the longest training that is not a whole one; 0: all are.
    var longestShort: Int { rungs.dropLast().map(\.epochs).max() ?? 0 }

    public var trainings: Int { rungs.reduce(0) { $0 + $1.trials } }

    /// Who goes on to a next rung of `count`: the first trial, which has the job's own settings, and the best others; of
    /// equals the earlier one. In the order of trials.
    ///
    /// - Parameter scores: of the trials of a rung, by number.
    public static func promoted(_ scores: [(trial: Int, score: Double)], count: Int) -> [Int] {
        let order = scores.sorted { (-$0.score, $0.trial) < (-$1.score, $1.trial) }.map(\.trial)
        let others = order.filter { $0 != 0 }
        let own = order.contains(0) ? [0] : []
        return (own + others.prefix(max(0, count - own.count))).sorted()
    }
}
