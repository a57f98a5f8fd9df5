/// Whether the student is worth shipping, and what would tell.
package enum ShippingAdvice {
    static func make(_ report: JobReport) -> Advice {
        let models = report.models
        switch report.verdict.outcome {
        case .noBetterThanGuessing:
            return Advice(
                title: "Do not ship this student",
                reason: "It does no better than always giving the same answer. Look at the curves below: if the loss "
                    + "never fell, lower training.learningRate or raise student.epochs; if only the student failed "
                    + "and the teacher did not, choose a larger student. If both failed, check that the images lie "
                    + "in the right class folders.")
        case .notCompared:
            return Advice(
                title: "Judge the student by its own figures",
                reason: "\(accuracy(models)) Whether the teacher helped is not known, because the job set baseline: "
                    + "false. Set it to true to train the same network alone as well.")
        case .gained:
            return Advice(
                title: "Ship the distilled student",
                reason: "\(accuracy(models)) The same network trained alone is less accurate by "
                    + "\(range(models.studentAgainstBaseline)), and costs as much to run.")
        case .lost:
            return Advice(
                title: "Do not ship the distilled student: the plain one is better",
                reason: "Distillation cost \(range(models.studentAgainstBaseline)). The files here are of the "
                    + "distilled student; run the job again with distillation.alpha: 0 for the plain one, or try "
                    + "another temperature, a smaller alpha or a more accurate teacher.")
        case .withinNoise:
            return Advice(title: "Ship either student: this test cannot tell them apart", reason: tie(models))
        }
    }

    private static func accuracy(_ models: ModelResults) -> String {
        let interval = models.student.testInterval95
        return "Expect between \(Figures.percent(interval.lower)) and \(Figures.percent(interval.upper)) of right "
            + "answers on images like those of the test split."
    }

    private static func tie(_ models: ModelResults) -> String {
        guard let comparison = models.studentAgainstBaseline else { return accuracy(models) }
        let text =
            "The distilled student's lead over the plain one lies between "
            + "\(Figures.signedPoints(comparison.interval95.lower)) and "
            + "\(Figures.signedPoints(comparison.interval95.upper)) points; 0 is among the possible values. "
            + "Both cost the same to run, and the files here are of the distilled one. "
        guard let needed = imagesNeeded(comparison) else {
            return text + "Their difference here is too small to be worth a larger test."
        }
        return text + "If the difference is as large as it looks, about \(Figures.whole(needed)) test images would "
            + "show it (four times in five); there are \(Figures.whole(comparison.count))."
    }

    /// Test images with which a difference of the size seen would leave 0 outside its interval four times in five: the
    /// interval's width falls with the root of their number. Rounded up to two digits. `nil`: there is no difference,
    /// or it takes more than a hundred times what there is.
    package static func imagesNeeded(_ comparison: PairedComparison) -> Int? {
        let half = (comparison.interval95.upper - comparison.interval95.lower) / 2
        guard comparison.difference != 0, comparison.count > 0 else { return nil }
        // The difference must lie its own noise's 80% quantile (one-sided) beyond the interval's half.
        let power = Normal.twoSided(confidence: 0.6)
        let ratio = half / abs(comparison.difference) * (Interval.z95 + power) / Interval.z95
        guard ratio > 1, ratio <= 10 else { return nil }
        let needed = Double(comparison.count) * ratio * ratio
        var unit = 1.0
        while needed / unit >= 100 { unit *= 10 }
        return Int((needed / unit).rounded(.up) * unit)
    }

    private static func range(_ comparison: PairedComparison?) -> String {
        guard let comparison else { return "an unknown amount" }
        let ends = [abs(comparison.interval95.lower), abs(comparison.interval95.upper)].sorted()
        return "\(Figures.fixed(ends[0] * 100, 1)) to \(Figures.points(ends[1]))"
    }
}
