/// The same pixels more than once in one split: nothing is wrong with them, but they count more than others.
/// Where their labels differ, that is another finding.
enum DuplicateCheck {
    /// - Parameter used: for each position, whether it is not left out for another reason.
    static func run(_ subject: LintSubject, _ groups: [[Int]], used: [Bool]) -> [LintFinding] {
        var examples: [String] = []
        var count = 0
        for group in groups where Set(group.map { subject.images[$0].label }).count == 1 {
            for split in Split.allCases {
                let copies = group.filter { used[$0] && subject.images[$0].split == split }
                guard copies.count > 1 else { continue }
                count += copies.count - 1
                examples.append(subject.pair(copies[0], copies[1]))
            }
        }
        guard count > 0 else { return [] }
        return [
            LintFinding(
                kind: .exactDuplicates, severity: .note,
                message: "\(count.of("image repeats", "images repeat")) the pixels of another one in the same split. "
                    + "They were kept, and count more than others do; remove them where that is not meant.",
                count: count, examples: examples)
        ]
    }
}
