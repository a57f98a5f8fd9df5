/// The same pixels in training and in evaluation or test: what is measured on them was learnt by heart.
enum LeakageCheck {
    static func run(_ subject: LintSubject, _ groups: [[Int]]) -> LintSubject.Outcome {
        var outcome = LintSubject.Outcome()
        var examples: [String] = []
        for group in groups {
            let train = group.filter { subject.images[$0].split == .train }
            guard let trained = train.first, train.count < group.count else { continue }
            let held = group.first { subject.images[$0].split != .train } ?? trained
            examples.append(subject.pair(trained, held))
            outcome.leftOut += train
        }
        let count = outcome.leftOut.count
        guard count > 0 else { return outcome }
        outcome.findings = [
            LintFinding(
                kind: .leakage, severity: .warning,
                message: "\(count.of("training image has", "training images have")) the same pixels as an image in "
                    + "evaluation or test, and \(count == 1 ? "was" : "were") left out of training, so that the "
                    + "figures are of images not seen before. Keep each image in one split only.",
                count: count, examples: examples)
        ]
        return outcome
    }
}
