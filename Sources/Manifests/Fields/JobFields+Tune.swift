extension JobFields {
    static let tune: [Field<JobSpec>] = [
        Field(
            "tune.trials", \.tune.trials, .optional(.whole(4...1000), none: "none", meaning: "nothing is tuned"),
            "settings to try before the student is kept",
            detail: "24 costs about as much as 5 trainings of the student. [Tuning](tune.md) says what is tried and "
                + "how. The `job.yaml` of a tuned job has the settings that were found, and `none` here."),
        Field(
            "tune.budget", \.tune.budget,
            .optional(.duration(60...31_536_000), none: "none", meaning: "no bound"),
            "time after which nothing new is tried", detail: "Such as 90m or 2h. What is begun is finished.",
            isWritten: isTuned),
        Field(
            "tune.objective", \.tune.objective,
            .choice(synonyms: [
                "acc": "accuracy", "size": "accuracy@size", "small": "accuracy@size", "latency": "accuracy@latency",
                "speed": "accuracy@latency", "time": "accuracy@latency", "accuracysize": "accuracy@size",
                "accuracylatency": "accuracy@latency",
            ]), "what the best is the best in",
            detail: "On the evaluation split. With `accuracy@size` and `accuracy@latency` the student's width is tuned "
                + "too, and every doubling of its parameters, or of its multiply-accumulates, costs `price`.",
            isWritten: isTuned),
        Field(
            "tune.price", \.tune.price, .number(0...100), "points of accuracy that a doubling must gain",
            detail: "Not used with `accuracy`.", isWritten: isTuned),
    ]

    static let search: [Field<JobSpec>] = [
        Field(
            list: "search", \.search, of: candidate, shorthand: .init("model", \.model, .preset),
            entry: StudentCandidate(model: NetworkSpec.defaultStudent.model), counts: 2...32, noun: "students",
            none: (word: "none", meaning: "`student` alone"), "several students, to see what size costs",
            detail: "In place of `student.model` and `student.width`. Each is distilled and exported under "
                + "`students/`; the best by `tune.objective`, or the smallest that reaches `target`, is the job's."),
        Field(
            "target", \.target,
            .optional(
                .share(NumberRange(low: 0, high: 1, lowIsOpen: true)), none: "none", meaning: "the best is kept"),
            "accuracy that the smallest of search must reach",
            detail: "On the evaluation split. Where none reaches it, the most accurate is kept, and a warning says so."),
    ]

    /// Of the student alone.
    static let own: [Field<JobSpec>] = [
        Field(
            "student.learningRate", \.studentLearningRate,
            .optional(
                .number(NumberRange(low: 0, high: 10, lowIsOpen: true)), none: "auto", meaning: "that of `training`"),
            "of the taught student alone", detail: "The baseline keeps that of `training`."),
        Field(
            "student.augment", \.studentAugment,
            .optional(.number(0...2), none: "auto", meaning: "as `training.augment` says"),
            "strength of augmentation, of the taught student alone",
            detail: "0 leaves only mirroring, 1 is `training.augment`, 2 also blanks and recolours as `strong` does."),
    ]

    private static let isTuned: @Sendable (JobSpec) -> Bool = { $0.looksForMore }

    private static let candidate = FieldTable<StudentCandidate>(
        sections: [],
        fields: [
            Field("model", \.model, .preset, "a preset"),
            Field("width", \.width, .number(0.125...8), "factor on its channel counts"),
        ], required: ["model"], synonyms: synonyms)
}

extension ValueKind where Value == Int {
    /// Seconds, written as hours, minutes and seconds: `2h`, `1h30m`, `45s`.
    static func duration(_ range: ClosedRange<Int>) -> ValueKind {
        ValueKind(
            allowed: "a time from \(TimeText.words(range.lowerBound)) to \(TimeText.words(range.upperBound)), such as "
                + "45s, 90m, 2h or 1h30m",
            read: { node throws(Mismatch) in
                guard case .scalar(let text, quoted: false) = node.content else { throw Mismatch(node.found) }
                guard let seconds = TimeText.parse(text) else {
                    let bare = Int(text).map { "\($0)s" }
                    throw Mismatch(node.found, suggestion: bare)
                }
                guard range.contains(seconds) else { throw Mismatch(node.found) }
                return seconds
            },
            write: { TimeText.words($0) },
            schema: .type("string", [("pattern", .text("^([0-9]+[dhms])+$"))]))
    }
}

/// Times as people write them.
private enum TimeText {
    static let units: [(name: Character, seconds: Int)] = [("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)]

    /// `1h30m`; units that are 0 are left out.
    static func words(_ seconds: Int) -> String {
        var (rest, text) = (seconds, "")
        // Whole days read better than hours; less than two do not.
        for unit in units where rest >= unit.seconds && (unit.name != "d" || rest % unit.seconds == 0) {
            text += "\(rest / unit.seconds)\(unit.name)"
            rest %= unit.seconds
        }
        return text.isEmpty ? "0s" : text
    }

    /// `nil`: no such time. Each unit at most once, larger ones first.
    static func parse(_ text: String) -> Int? {
        var (total, digits, next) = (0, "", 0)
        for character in text.lowercased() {
            if character.isASCII, character.isNumber {
                guard digits.count < 9 else { return nil }
                digits.append(character)
                continue
            }
            guard let index = units.firstIndex(where: { $0.name == character }), index >= next,
                let count = Int(digits)
            else { return nil }
            total += count * units[index].seconds
            (digits, next) = ("", index + 1)
        }
        return digits.isEmpty && next > 0 ? total : nil
    }
}
