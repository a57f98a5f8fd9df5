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
    /// In the order they were made; at least one.
    public var trials: [Trial]

    public init(epochs: Int, trials: [Trial]) {
        precondition(!trials.isEmpty)
        self.epochs = epochs
        self.trials = trials
    }

    /// The one with the highest accuracy, the first of equals.
    public var chosen: Trial {
        trials.dropFirst().reduce(trials[0]) { $1.accuracy > $0.accuracy ? $1 : $0 }
    }

    /// Who was chosen, and why.
    public var sentence: String {
        let others = trials.filter { $0 != chosen }.map { "\(Self.name($0)) \(Figures.percent($0.accuracy))" }
        return "After \(Figures.count(epochs, "epoch")) the student of \(Self.name(chosen)) was right about "
            + "\(Figures.percent(chosen.accuracy)) of the evaluation split (\(others.joined(separator: ", "))): "
            + "\(chosen.teachers.count == 1 ? "it teaches" : "they teach")."
    }

    private static func name(_ trial: Trial) -> String {
        trial.teachers.count == 1 ? "teacher \(trial.teachers[0])" : "all together"
    }
}
