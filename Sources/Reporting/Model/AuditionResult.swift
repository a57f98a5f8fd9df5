/// Short distillations by which a teacher was chosen.
public struct AuditionResult: Codable, Sendable, Equatable {
    public struct Trial: Codable, Sendable, Equatable {
        /// Who taught: their numbers, in the manifest's order from 1.
        public var teachers: [Int]
        /// Of the student it came to, on the evaluation split, 0...1.
        public var accuracy: Double

        public init(teachers: [Int], accuracy: Double) {
            self.teachers = teachers
            self.accuracy = accuracy
        }
    }

    /// Of each trial.
    public var epochs: Int
    /// Of the evaluation split; `nil` in reports of earlier versions, which took the highest accuracy.
    public var images: Int?
    /// Of each teacher alone, then of all together.
    public var trials: [Trial]

    /// Quantile of the normal distribution that chance exceeds once in twenty.
    private static let z = 1.64

    public init(epochs: Int, images: Int, trials: [Trial]) {
        precondition(trials.count > 1)
        self.epochs = epochs
        self.images = images
        self.trials = trials
    }

    /// The teacher whose student has the highest accuracy, the first of equals, if it is ahead of that of all together by
    /// more than chance; else all together, as without an audition.
    public var chosen: Trial {
        let (singles, together) = (trials.dropLast(), trials[trials.count - 1])
        let best = singles.dropFirst().reduce(trials[0]) { $1.accuracy > $0.accuracy ? $1 : $0 }
        guard let images else { return best.accuracy >= together.accuracy ? best : together }
        func right(_ trial: Trial) -> (right: Int, count: Int) {
            (Int((trial.accuracy * Double(images)).rounded()), images)
        }
        return Interval.newcombe(first: right(best), second: right(together), z: Self.z).lower > 0 ? best : together
    }

    /// Who was chosen, and why.
    public var sentence: String {
        let others = trials.filter { $0 != chosen }.map { "\(Self.name($0)) \(Figures.percent($0.accuracy))" }
        return "After \(Figures.count(epochs, "epoch")) the student of \(Self.name(chosen)) was right about "
            + "\(Figures.percent(chosen.accuracy)) of the evaluation split (\(others.joined(separator: ", "))): "
            + (chosen.teachers.count == 1
                ? "it teaches." : "they teach, since nobody alone is ahead by more than chance.")
    }

    private static func name(_ trial: Trial) -> String {
        trial.teachers.count == 1 ? "teacher \(trial.teachers[0])" : "all together"
    }
}
