/// What a job comes down to, in figures and in one sentence.
public struct Verdict: Codable, Sendable, Equatable {
    /// What distillation did for the student, against the same network trained alone.
    public enum Outcome: String, Codable, Sendable, CaseIterable {
        /// Better, by more than chance explains.
        case gained
        /// No difference that the test split could show.
        case withinNoise
        /// Worse, by more than chance explains.
        case lost
        /// There is no baseline.
        case notCompared
        /// The student answers no better than guessing, so there is nothing to compare.
        case noBetterThanGuessing
    }

    public var outcome: Outcome
    public var sentence: String
    /// Student's accuracy over teacher's; `nil`: the teacher has none right.
    public var retained: Double?
    /// Teacher's parameters over student's.
    public var parameterRatio: Double
    /// Student's accuracy less the baseline's, a share; `nil`: no baseline.
    public var gain: Double?

    /// Below this many test images an accuracy is uncertain by ten points or more.
    static let smallTestSplit = 100

    /// - Parameter answeredBy: the teacher whose answers stand for labels that there are not; `nil`: there are labels.
    public init(models: ModelResults, answeredBy: String? = nil) {
        let (teacher, student) = (models.teacher, models.student)
        let guessing = Self.guessing(student)
        retained = teacher.testAccuracy > 0 ? student.testAccuracy / teacher.testAccuracy : nil
        parameterRatio = Double(teacher.parameters) / Double(max(student.parameters, 1))
        gain = models.studentAgainstBaseline?.difference
        outcome = guessing == nil ? Self.outcome(models.studentAgainstBaseline) : .noBetterThanGuessing

        if let answeredBy {
            outcome = .notCompared
            sentence = Self.withoutLabels(student, teacher: teacher, answeredBy)
            return
        }
        if let guessing {
            sentence = Self.guessingSentence(student, teacher: teacher, guessing: guessing)
            return
        }
        var clauses = [Self.againstTeacher(models)]
        if let baseline = models.baseline, let comparison = models.studentAgainstBaseline {
            clauses.append(Self.againstBaseline(student, baseline, comparison))
        }
        if student.testCount < Self.smallTestSplit {
            clauses.append(
                "but \(Figures.count(student.testCount, "test image")) \(student.testCount == 1 ? "is" : "are") "
                    + "too few to be sure of any of this")
        }
        sentence = clauses.joined(separator: "; ") + "."
    }

    private static func outcome(_ comparison: PairedComparison?) -> Outcome {
        guard let comparison else { return .notCompared }
        guard comparison.isSignificant else { return .withinNoise }
        return comparison.difference > 0 ? .gained : .lost
    }

    /// The share of the largest class, where the student is not surely better than always naming that class.
    private static func guessing(_ student: ModelResult) -> Double? {
        guard student.testCount > 0, let largest = student.perClass.map(\.count).max() else { return nil }
        let share = Double(largest) / Double(student.testCount)
        // With one class (or next to it) naming it always is the right thing to do.
        guard share < 0.95 else { return nil }
        return student.testInterval95.lower <= share && student.testAccuracy <= share * 1.5 ? share : nil
    }

    private static func withoutLabels(_ student: ModelResult, teacher: ModelResult, _ name: String) -> String {
        "The student says what its teacher \(name) says of \(Figures.percent(student.testAccuracy)) of "
            + "\(Figures.count(student.testCount, "test image")), \(sizeClause(teacher, student)); no image has a label, "
            + "so how often either is right is not known."
    }

    private static func guessingSentence(_ student: ModelResult, teacher: ModelResult, guessing: Double) -> String {
        let accuracy = Figures.percent(student.testAccuracy)
        let start =
            "The student's \(accuracy) on \(Figures.count(student.testCount, "test image")) is no better than always "
            + "naming the most frequent class (\(Figures.percent(guessing)))"
        return teacher.testInterval95.lower > guessing
            ? "\(start), while the teacher reaches \(Figures.percent(teacher.testAccuracy))."
            : "\(start), and neither is the teacher's \(Figures.percent(teacher.testAccuracy))."
    }

    private static func againstTeacher(_ models: ModelResults) -> String {
        let (teacher, student) = (models.teacher, models.student)
        let size = sizeClause(teacher, student)
        let (ours, theirs) = (Figures.percent(student.testAccuracy), Figures.percent(teacher.testAccuracy))
        if student.testAccuracy > teacher.testAccuracy {
            return models.studentAgainstTeacher.isSignificant
                ? "The student is more accurate than its teacher (\(ours) against \(theirs)) \(size)"
                : "The student is as accurate as its teacher within the noise of the test set "
                    + "(\(ours) against \(theirs)) \(size)"
        }
        if student.testAccuracy == teacher.testAccuracy {
            return "The student is exactly as accurate as its teacher (\(ours)) \(size)"
        }
        let kept = Figures.percent(student.testAccuracy / teacher.testAccuracy)
        return "The student keeps \(kept) of the teacher's accuracy (\(ours) of \(theirs)) \(size)"
    }

    private static func sizeClause(_ teacher: ModelResult, _ student: ModelResult) -> String {
        let (large, small) = (Double(teacher.parameters), Double(max(student.parameters, 1)))
        if large / small >= 1.05 { return "with \(Figures.factor(large / small)) fewer parameters" }
        if small / max(large, 1) >= 1.05 { return "with \(Figures.factor(small / max(large, 1))) more parameters" }
        return "with as many parameters"
    }

    private static func againstBaseline(
        _ student: ModelResult, _ baseline: ModelResult, _ comparison: PairedComparison
    ) -> String {
        let alone = "training alone (\(Figures.percent(baseline.testAccuracy)))"
        let points = Figures.points(abs(comparison.difference))
        let images = Figures.count(comparison.count, "test image")
        if comparison.difference == 0 {
            return "distillation made no difference to \(alone)"
        }
        switch (comparison.difference > 0, comparison.isSignificant) {
        case (true, true):
            return "distillation gained \(points) over \(alone), more than the noise of \(images)"
        case (true, false):
            return "distillation gained \(points) over \(alone), which is within the noise of \(images)"
        case (false, true):
            return "distillation cost \(points) against \(alone), more than the noise of \(images), so the plain "
                + "student is the better one here"
        case (false, false):
            return "distillation did not help: the student is \(points) below \(alone), within the noise of \(images)"
        }
    }
}
