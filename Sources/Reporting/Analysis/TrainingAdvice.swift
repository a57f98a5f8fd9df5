import Manifests

/// What the curves and the comparison with the teacher say about training.
enum TrainingAdvice {
    static func make(_ report: JobReport) -> [Advice] {
        guard report.verdict.outcome != .noBetterThanGuessing else { return [] }
        return [diverged(report), fit(report)].compactMap(\.self)
    }

    private static func diverged(_ report: JobReport) -> Advice? {
        let broken = report.epochs.filter { !$0.trainLoss.isFinite || !$0.evaluationLoss.isFinite }
        let parts = ModelResult.Role.allCases.compactMap { role -> String? in
            let epochs = broken.filter { $0.stage.rawValue == role.rawValue }.map(\.epoch)
            guard let first = epochs.min() else { return nil }
            return "in \(Figures.count(epochs.count, "epoch")) of the \(role.rawValue), "
                + (epochs.count == 1 ? "epoch \(first)" : "the first of them epoch \(first)")
        }
        guard !parts.isEmpty else { return nil }
        return Advice(
            title: "Lower training.learningRate, or set training.clipGradient",
            reason:
                "The loss was not a number \(parts.joined(separator: "; ")). What was learned after that is doubtful.")
    }

    /// Learned by heart, or not learned enough. Training accuracy is of augmented images, which are harder: a network
    /// as good on them as on untouched ones has room to learn.
    private static func fit(_ report: JobReport) -> Advice? {
        let student = report.models.student
        guard
            let best = report.epochs.first(where: { $0.stage == .student && $0.epoch == student.bestEpoch }),
            best.trainAccuracy.isFinite, best.evaluationAccuracy.isFinite
        else { return nil }
        let gap = best.trainAccuracy - best.evaluationAccuracy
        let figures =
            "The student has \(Figures.percent(best.trainAccuracy)) of its training images right and "
            + "\(Figures.percent(best.evaluationAccuracy)) of the evaluation split (epoch \(best.epoch))."
        if gap > 0.1 {
            return Advice(
                title: "More training images would help, or training.augment: strong",
                reason: "\(figures) A gap of \(Figures.points(gap)) means that it knows its training images better "
                    + "than their kind. A larger network will not close it.")
        }
        let behind = report.models.studentAgainstTeacher
        if gap < 0.02 && behind.isSignificant && behind.difference < 0 {
            return Advice(
                title: "Room to grow: more student.epochs or a wider student",
                reason: "\(figures) It has not learned its training images by heart, and is surely behind its "
                    + "teacher (by \(Figures.points(-behind.difference))).")
        }
        return nil
    }
}
