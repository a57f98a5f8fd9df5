/// Which of the student's files to ship.
package struct FormAdvice: Equatable {
    /// `Ship student.int8.onnx: 0.3 points lower than in single precision, 3.6x smaller.`
    package let sentence: String
    package let file: String

    /// Points of accuracy that a smaller file may cost, as a share.
    static let tolerance = 0.01

    /// nil: there is nothing to ship, or nothing to choose.
    package init?(_ report: JobReport) {
        switch report.verdict.outcome {
        case .lost, .noBetterThanGuessing: return nil
        case .gained, .withinNoise, .notCompared: break
        }
        let forms = (report.forms ?? []).filter { $0.problem == nil && $0.accuracy != nil && $0.bytes > 0 }
        guard let single = forms.first(where: { $0.file.hasSuffix(".onnx") && $0.precision == .fp32 }),
            let small = forms.first(where: { $0.file.hasSuffix(".onnx") && $0.precision == .int8 }),
            let full = single.accuracy, let reduced = small.accuracy
        else { return nil }
        let loss = full - reduced
        if loss <= Self.tolerance, small.bytes < single.bytes {
            file = small.file
            sentence =
                "Ship \(small.file): \(Self.words(loss)) single precision, "
                + "\(Figures.factor(Double(single.bytes) / Double(small.bytes))) smaller\(Self.speed(small, single))."
        } else if loss > Self.tolerance {
            file = single.file
            sentence =
                "Ship \(single.file): in 8-bit integers the student loses \(Figures.points(loss)), and is "
                + "\(Figures.factor(Double(single.bytes) / Double(small.bytes))) smaller. Where memory is short, see the "
                + "forms below."
        } else {
            file = single.file
            sentence =
                "Ship \(single.file): the student is so small that 8-bit integers do not make its file smaller; for a "
                + "microcontroller there is student.h."
        }
    }

    private static func words(_ loss: Double) -> String {
        if abs(loss) < 0.000_05 { return "as accurate as" }
        return loss > 0 ? "\(Figures.points(loss)) lower than" : "\(Figures.points(-loss)) higher than"
    }

    private static func speed(_ small: FormResult, _ single: FormResult) -> String {
        guard let new = small.latencyMilliseconds, let old = single.latencyMilliseconds, new > 0, old / new >= 1.15
        else {
            return ""
        }
        return ", \(Figures.factor(old / new)) faster"
    }
}
