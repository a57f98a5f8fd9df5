/// How far the confidences of each network can be taken at their word.
enum CalibrationSection {
    static func make(_ report: JobReport) -> Section? {
        guard let all = report.insights?.calibration,
            all.contains(where: { !CalibrationChart.shown($0.calibration).isEmpty })
        else { return nil }
        let charts = all.map { one -> Markup in
            """
            <figure><figcaption><strong>\(one.role.title)</strong> <span>off by \
            \(Figures.points(one.calibration.expectedError)) on average</span></figcaption>\
            \(CalibrationChart.render(one))</figure>

            """
        }
        let content: Markup = """
            <p class="note">Answers of the test split in groups of like confidence. On the diagonal a network is right \
            as often as it says; below it, it is too sure of itself. Larger dots are more answers.</p>
            <div class="charts small">\(charts)</div>
            \(advice(all))
            """
        return Section(id: "calibration", title: "Is it as good as it thinks?", content: content)
    }

    private static func advice(_ all: [Insights.NetworkCalibration]) -> Markup {
        guard let student = all.first(where: { $0.role == .student })?.calibration else { return "" }
        let error = student.overconfidence
        let text =
            abs(error) < 0.02
            ? "The student's confidence can be taken as it is: where it is unsure, ask a person."
            : error > 0
                ? "The student is surer than it is right, by \(Figures.points(error)) on average: set thresholds on its "
                    + "confidence by trying them on images of yours."
                : "The student is right more often than it is sure, by \(Figures.points(-error)) on average, as a student "
                    + "of a softened teacher often is: set thresholds on its confidence low."
        return "<p>\(text)</p>"
    }
}
