/// Whether a teacher from elsewhere fits a dataset: it is asked about labelled images before any training.
///
/// A file says neither what is to be done to an image first nor (mostly) which output is which class. Both are found
/// by trying: a teacher that is right for a tenth of the images with one preprocessing and for nine tenths with
/// another was trained with the other.
public struct ModelVetting: Sendable {
    /// Names of the dataset's classes.
    public let classes: [String]
    /// Class of each image, 0..<classes.count.
    public let labels: [Int]
    /// The teacher's outputs.
    public let outputs: Int
    /// What the teacher's file calls its outputs; `nil` where it does not say.
    public let names: [String]?

    public init(classes: [String], labels: [Int], outputs: Int, names: [String]? = nil) {
        precondition(labels.allSatisfy { classes.indices.contains($0) })
        self.classes = classes
        self.labels = labels
        self.outputs = outputs
        self.names = names?.count == outputs ? names : nil
    }

    /// How a teacher does with one preprocessing.
    public struct Trial: Equatable, Sendable {
        public let preprocessing: TeacherPreprocessing
        /// Share of right answers, 0...1, under `match`.
        public let accuracy: Double
        public let match: ClassMatch
    }

    public struct Result: Equatable, Sendable {
        /// In the order in which they were tried; the first is as given.
        public let trials: [Trial]
        public let best: Trial
        /// Whether the teacher may be used as given.
        public let isGood: Bool
        /// What is to be said to the user, in one or two sentences.
        public let verdict: String
    }

    /// Tries the preprocessing that is given and, unless it does well, the known ones.
    ///
    /// - Parameter logits: N,outputs of the teacher for the labelled images under a preprocessing; logits or
    ///   probabilities. Called once for each preprocessing.
    public func run<E: Error>(
        given: TeacherPreprocessing, logits: (TeacherPreprocessing) throws(E) -> [Float]
    ) throws(E) -> Result {
        var trials = [trial(given, try logits(given))]
        // A teacher that is right this often was not trained with something else; the rest is not tried.
        if trials[0].accuracy < 0.95 {
            for other in TeacherPreprocessing.known where !isSame(other, given) {
                trials.append(trial(other, try logits(other)))
            }
        }
        return judge(trials)
    }

    /// The accuracy of answers under the best way to match classes.
    ///
    /// - Parameter logits: N,outputs.
    public func trial(_ preprocessing: TeacherPreprocessing, _ logits: [Float]) -> Trial {
        precondition(logits.count == labels.count * outputs)
        let answers = labels.indices.map { image in
            let row = logits[image * outputs..<(image + 1) * outputs]
            var best = row.startIndex
            for index in row.indices where row[index] > row[best] || row[best].isNaN { best = index }
            return best - row.startIndex
        }
        func accuracy(_ match: ClassMatch) -> Double { Self.accuracy(match, answers, labels, labels.indices) }
        if let named = names.flatMap({ ClassMatch.byNames(classes, teacher: $0) }) {
            return Trial(preprocessing: preprocessing, accuracy: accuracy(named), match: named)
        }
        let same = ClassMatch(outputs: Array(classes.indices), origin: .sameOrder)
        guard outputs >= classes.count else {
            return Trial(preprocessing: preprocessing, accuracy: 0, match: same)
        }
        // A pairing that was fitted to the answers flatters them; it is judged by images that it was not fitted to.
        let (fit, held) = halves
        let fitted = ClassMatch.byAnswers(
            fit.map { answers[$0] }, labels: fit.map { labels[$0] }, classes: classes.count, outputs: outputs)
        let (before, after) = (
            Self.accuracy(same, answers, labels, held), Self.accuracy(fitted, answers, labels, held)
        )
        let margin = max(0.05, 2 * (0.25 / Double(max(held.count, 1))).squareRoot())
        guard after > before + margin else {
            return Trial(preprocessing: preprocessing, accuracy: accuracy(same), match: same)
        }
        let all = ClassMatch.byAnswers(answers, labels: labels, classes: classes.count, outputs: outputs)
        return Trial(preprocessing: preprocessing, accuracy: after, match: all)
    }

    /// Every other image of each class, and the rest.
    private var halves: (fit: [Int], held: [Int]) {
        var seen = [Int](repeating: 0, count: classes.count)
        var halves: (fit: [Int], held: [Int]) = ([], [])
        for (image, label) in labels.enumerated() {
            if seen[label] % 2 == 0 { halves.fit.append(image) } else { halves.held.append(image) }
            seen[label] += 1
        }
        return halves
    }

    private static func accuracy(
        _ match: ClassMatch, _ answers: [Int], _ labels: [Int], _ images: some Collection<Int>
    ) -> Double {
        let right = images.count { labels[$0] < match.outputs.count && match.outputs[labels[$0]] == answers[$0] }
        return images.isEmpty ? 0 : Double(right) / Double(images.count)
    }

    private func isSame(_ a: TeacherPreprocessing, _ b: TeacherPreprocessing) -> Bool {
        (a.scale, a.order) == (b.scale, b.order) && a.mean == b.mean && a.std == b.std
    }
}
