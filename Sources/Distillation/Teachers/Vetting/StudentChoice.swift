import Manifests

/// Which of two students is kept: the one that was taught, or the same network without teachers.
///
/// The one that is right more often on the evaluation split, as the best epoch is chosen too: where teachers cost
/// accuracy, as on few images they may, the student does without them. Only with `weakTeacher: drop`.
public struct StudentChoice: Sendable {
    /// With records of the student's stage.
    public let student: TrainingOutcome
    /// Why it is not the taught one; `nil`: it is.
    public let warning: String?

    /// - Parameters:
    ///   - taught: from teachers.
    ///   - alone: from the same first values and images; `nil`: not trained, and the taught one is kept.
    public init(taught: TrainingOutcome, alone: TrainingOutcome?, _ spec: DistillationSpec) {
        guard spec.weakTeacher == .drop, let alone, taught.bestAccuracy < alone.bestAccuracy else {
            (student, warning) = (taught, nil)
            return
        }
        student = alone.told(as: .student)
        warning =
            "Taught, the student is right about \(taught.bestAccuracy.percent) of the evaluation split, and about "
            + "\(alone.bestAccuracy.percent) when it learns from the labels alone: the one without a teacher is kept. "
            + "A better teacher or a lower `distillation.alpha` may help; `distillation.weakTeacher: warn` keeps the "
            + "taught one."
    }
}
