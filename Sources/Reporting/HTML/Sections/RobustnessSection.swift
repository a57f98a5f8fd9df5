/// What is left of the accuracy when images are worse than those of the dataset.
enum RobustnessSection {
    static func make(_ report: JobReport) -> Section? {
        guard let insights = report.insights, let plain = insights.robustness.first, insights.robustness.count > 1
        else { return nil }
        let changed = insights.robustness.dropFirst().sorted { ($0.student, $0.change) < ($1.student, $1.change) }
        let reach = changed.map { abs($0.student - plain.student) }.max() ?? 0
        let rows = changed.map { row -> Markup in
            let change = row.student - plain.student
            return """
                <tr><th scope="row" class="text">\(row.meaning)</th><td>\(Figures.percent(row.teacher))</td>\
                <td>\(Figures.percent(row.student))</td><td class="barred">\
                \(InlineBar.change(change, reach: reach, isSure: abs(change) > noise(insights.robustnessCount)))\
                <span class="figure">\(Figures.signedPoints(change))</span></td></tr>

                """
        }
        let content: Markup = """
            <p class="note">\(Figures.count(insights.robustnessCount, "test image")), each changed as cameras and weather \
            change them. Where the student loses much, add such images to the dataset, or turn up \
            <code>training.augment</code> (<code>strong</code> varies light and hides parts).</p>
            <div class="scroll" tabindex="0"><table>
            <thead><tr><th scope="col" class="text">Images</th><th scope="col">Teacher</th><th scope="col">Student</th>\
            <th scope="col">Student's change, points</th></tr></thead>
            <tbody><tr><th scope="row" class="text">as they are</th><td>\(Figures.percent(plain.teacher))</td>\
            <td>\(Figures.percent(plain.student))</td><td></td></tr>
            \(rows)</tbody></table></div>
            """
        return Section(id: "robustness", title: "When images are worse", content: content)
    }

    /// Twice the standard error of a share near one half: less may be chance.
    private static func noise(_ count: Int) -> Double { 1 / Double(max(count, 1)).squareRoot() }
}
