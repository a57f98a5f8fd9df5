/// Images of one colour: often a failed capture or an empty crop.
enum ConstantCheck {
    static func run(_ subject: LintSubject) -> [LintFinding] {
        let found = subject.images.filter { $0.record.isConstant(pixels: subject.pixels, channels: subject.channels) }
        guard !found.isEmpty else { return [] }
        return [
            LintFinding(
                kind: .constant, severity: .note,
                message: "\(found.count.of("image has", "images have")) one colour all over. They were kept; remove "
                    + "them unless that is what their class looks like.",
                count: found.count, examples: found.prefix(LintFinding.exampleLimit).map(\.path))
        ]
    }
}
