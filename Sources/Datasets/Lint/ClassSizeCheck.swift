/// Classes that have too few training images to be learnt, or to be held against the others.
enum ClassSizeCheck {
    /// Fewer training images than this make a small class.
    static let few = 20
    /// The largest class has at least so many times the images of the smallest.
    static let unbalanced = 5

    /// - Parameter used: for each position, whether it is not left out of training.
    static func run(_ subject: LintSubject, used: [Bool]) -> [LintFinding] {
        var counts = [Int](repeating: 0, count: subject.classes.count)
        for (position, image) in subject.images.enumerated() where image.split == .train && used[position] {
            counts[Int(image.label)] += 1
        }
        return small(subject.classes, counts) + skewed(subject.classes, counts)
    }

    private static func small(_ classes: [String], _ counts: [Int]) -> [LintFinding] {
        let found = classes.indices.filter { counts[$0] < few }
        guard let least = found.min(by: { counts[$0] < counts[$1] }) else { return [] }
        return [
            LintFinding(
                kind: .smallClass, severity: .warning,
                message: "\(found.count.of("class has", "classes have")) fewer than \(few) training images; the "
                    + "smallest is \(classes[least]) with \(counts[least]). Expect poor figures for "
                    + "\(found.count == 1 ? "it" : "them"): add images, or merge or remove small classes.",
                count: found.count, examples: found.map { classes[$0] })
        ]
    }

    private static func skewed(_ classes: [String], _ counts: [Int]) -> [LintFinding] {
        guard
            let least = counts.indices.min(by: { counts[$0] < counts[$1] }),
            let most = counts.indices.max(by: { counts[$0] < counts[$1] }),
            counts[least] > 0, counts[most] >= unbalanced * counts[least]
        else { return [] }
        return [
            LintFinding(
                kind: .unbalanced, severity: .note,
                message: "The largest class, \(classes[most]), has \(counts[most].grouped) training images, "
                    + "\(counts[most] / counts[least]) times as many as the smallest, \(classes[least]), with "
                    + "\(counts[least].grouped). Look at the figures of each class, not only at the accuracy; add "
                    + "images of the smaller ones where you can.",
                count: 2, examples: [classes[most], classes[least]])
        ]
    }
}
