extension ModelVetting {
    /// - Parameter trials: the first is as given.
    public func judge(_ trials: [Trial]) -> Result {
        let given = trials[0]
        // Among equals the first, so that what is given stays.
        let best = trials.dropFirst().reduce(given) { $1.accuracy > $0.accuracy ? $1 : $0 }
        let chance = 1 / Double(max(classes.count, 1))
        let count = Double(max(labels.count, 1))
        // Two standard errors of a share near a half: less may be luck.
        let noise = 2 * (0.25 / count).squareRoot()
        let knows = best.accuracy > max(1.5 * chance, chance + noise)
        let isBetter = best.accuracy > given.accuracy + max(0.03, noise)

        var sentences: [String] = []
        let amount = "of \(labels.count) labelled images"
        if outputs < classes.count, best.match.origin != .names {
            sentences.append(
                "The teacher has \(outputs) outputs, and the dataset has \(classes.count) classes: use a teacher "
                    + "for these classes.")
        } else if labels.isEmpty {
            sentences.append("The teacher could not be checked: there are no labelled images to ask it about.")
        } else if !knows {
            sentences.append(
                "The teacher is right for \(percent(given.accuracy)) \(amount) as given, and for "
                    + "\(percent(best.accuracy)) with the best of \(trials.count) known ways to prepare an image; "
                    + "chance is \(percent(chance)). It was not trained for these classes: use another teacher.")
        } else if isBetter {
            sentences.append(
                "The teacher's accuracy is \(percent(given.accuracy)) as given, \(percent(best.accuracy)) with "
                    + "\(best.preprocessing.explanation): set preprocess: \(best.preprocessing.name).")
        } else {
            sentences.append("The teacher is right for \(percent(given.accuracy)) \(amount), as given.")
        }
        let match = isBetter ? best.match : given.match
        if knows, let words = describe(match) { sentences.append(words) }
        return Result(
            trials: trials, best: isBetter ? best : given, isGood: knows && !isBetter,
            verdict: sentences.joined(separator: " "))
    }

    /// How classes were matched, where that is not plain.
    private func describe(_ match: ClassMatch) -> String? {
        guard !match.isSameOrder || outputs != classes.count else { return nil }
        func name(_ output: Int) -> String { names.map { "'\($0[output])'" } ?? "output \(output)" }
        let known = zip(classes, match.outputs).filter { $1 >= 0 }
        let pairs = known.prefix(4).map { "'\($0)' is its \(name($1))" }
        let rest = known.count > 4 ? " and so on" : ""
        let examples = pairs.joined(separator: ", ") + rest
        switch match.origin {
        case .sameOrder:
            return "Of its \(outputs) outputs the first \(classes.count) were taken for the dataset's classes."
        case .names:
            let missing = classes.count - known.count
            return "Its classes were matched by their names: \(examples)."
                + (missing == 0 ? "" : " It knows nothing of \(missing) others, and is not asked about them.")
        case .answers: return "Its classes are in another order, which was found from its answers: \(examples)."
        }
    }

    private func percent(_ share: Double) -> String { "\(Int((100 * share).rounded()))%" }
}
