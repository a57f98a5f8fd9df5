/// Everything that is wrong in one file, in the order of its lines.
public struct ManifestProblems: Error, Sendable, Equatable {
    /// Not empty, sorted by position.
    public var problems: [ManifestProblem]

    /// More problems than this help nobody; the rest is counted.
    static let most = 100

    /// Sorts `problems` by position, and puts a count in place of those beyond the first hundred.
    public init(_ problems: [ManifestProblem]) {
        precondition(!problems.isEmpty, "a file without problems is not refused")
        var sorted = problems.sortedByPosition()
        if sorted.count > Self.most {
            let rest = sorted.count - Self.most
            var last = sorted[Self.most]
            last.key = ""
            last.found = "\(rest) more problem\(rest == 1 ? "" : "s") from here on"
            last.allowed = "what the manifest reference lists"
            last.suggestion = nil
            sorted = sorted[..<Self.most] + [last]
        }
        self.problems = sorted
    }

    /// For `error.json` and the page of a failed job.
    public var failure: JobFailure {
        let file = problems[0].file
        let count = problems.count == 1 ? "a problem" : "\(problems.count) problems"
        return JobFailure(
            code: "manifest.invalid", what: "\(file) has \(count), so nothing was started.",
            location: problems[0].place,
            fix: "Correct the lines named below and drop the file in again; `distilld check \(file)` looks again "
                + "without starting anything.",
            details: problems.map(\.description))
    }
}

extension ManifestProblems: CustomStringConvertible {
    /// One line a problem.
    public var description: String { problems.map(\.description).joined(separator: "\n") }
}

extension [ManifestProblem] {
    /// In the order of the file; problems of the file as a whole first.
    func sortedByPosition() -> [ManifestProblem] {
        enumerated().sorted { one, other in
            (one.element.line, one.element.column, one.offset) < (
                other.element.line, other.element.column, other.offset
            )
        }.map(\.element)
    }
}
