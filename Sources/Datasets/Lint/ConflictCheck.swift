/// The same pixels under different labels: at least one of the labels is wrong, and no one here knows which.
enum ConflictCheck {
    static func run(_ subject: LintSubject, _ groups: [[Int]]) -> LintSubject.Outcome {
        var outcome = LintSubject.Outcome()
        var examples: [String] = []
        var count = 0
        for group in groups {
            let first = group[0]
            let label = subject.images[first].label
            guard let other = group.first(where: { subject.images[$0].label != label }) else { continue }
            count += group.count
            examples.append(subject.pair(first, other))
            outcome.leftOut += group.filter { subject.images[$0].split == .train }
        }
        guard count > 0 else { return outcome }
        let out = outcome.leftOut.count
        let done =
            out == 0
            ? "None of them is a training image."
            : "\(out.of("training image")) of them "
                + "\(out == 1 ? "was" : "were") left out of training."
        outcome.findings = [
            LintFinding(
                kind: .conflictingLabels, severity: .warning,
                message: "\(count.of("image")) have the same pixels as another one with a different label. \(done) "
                    + "Find out which label is right, and remove the other copies.",
                count: count, examples: examples)
        ]
        return outcome
    }
}
