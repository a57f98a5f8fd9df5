/// Class by class: what the student recognises, and what it lost or gained against the teacher.
enum ClassesSection {
    /// Rows shown at once; of more classes the rest is folded away.
    static let rowLimit = 30

    static func make(_ report: JobReport, _ classes: [ClassComparison]) -> Section? {
        guard !classes.isEmpty else { return nil }
        let names = ClassNames(report)
        let reach = classes.compactMap { $0.change.map(abs) }.max() ?? 0
        let rows = classes.map { row($0, names, reach: reach) }
        var content: Markup = """
            <p class="note">Sorted by what the student lost against the teacher. Bold differences are more than chance \
            explains, all classes considered together; the others may well be chance.</p>
            \(table(Array(rows.prefix(rowLimit))))
            """
        if rows.count > rowLimit {
            content += """
                <details><summary>The other \(Figures.count(rows.count - rowLimit, "class", plural: "classes"))</summary>
                \(table(Array(rows.dropFirst(rowLimit))))</details>
                """
        }
        return Section(id: "classes", title: "Class by class", content: content)
    }

    private static func table(_ rows: [Markup]) -> Markup {
        """
        <div class="scroll" tabindex="0"><table class="wide classes">
        <thead><tr><th scope="col">Class</th><th scope="col">No.</th><th scope="col">Training images</th>\
        <th scope="col">Test images</th><th scope="col">Teacher recognises</th>\
        <th scope="col">Student recognises</th><th scope="col">Difference, points</th>\
        <th scope="col">Right when named</th><th scope="col" class="text">Most often taken for</th></tr></thead>
        <tbody>\(rows)</tbody>
        </table></div>
        """
    }

    private static func row(_ item: ClassComparison, _ names: ClassNames, reach: Double) -> Markup {
        let recall =
            item.studentRecall.map {
                "\(InlineBar.share($0, role: .student)) <span class=\"figure\">\(percent($0))</span>" as Markup
            } ?? dash
        let change =
            item.change.map { change -> Markup in
                let text = Figures.signedPoints(change)
                let tone = change < 0 ? "bad" : "good"
                let figure: Markup =
                    item.changeIsSure
                    ? "<strong class=\"figure \(tone)\">\(text)</strong>"
                    : "<span class=\"figure plain\">\(text)</span>"
                return "\(InlineBar.change(change, reach: reach, isSure: item.changeIsSure)) \(figure)"
            } ?? dash
        let taken =
            item.takenFor.map { other -> Markup in
                "\(Markup.name(names[other.index], limit: 28)) <span class=\"plain\">(\(Figures.whole(other.count)))</span>"
            } ?? dash
        return """
            <tr><th scope="row" class="text">\(Markup.name(names[item.index], limit: 28))</th><td class="plain">\(item.index + 1)</td>\
            <td>\(Figures.whole(item.trainCount))</td><td>\(Figures.whole(item.testCount))</td>\
            <td>\(item.teacherRecall.map { "\(percent($0))" as Markup } ?? dash)</td><td class="barred">\(recall)</td>\
            <td class="barred">\(change)</td><td>\(item.precision.map { "\(percent($0))" as Markup } ?? dash)</td>\
            <td class="text">\(taken)</td></tr>

            """
    }

    private static func percent(_ share: Double) -> String { Figures.percent(share) }
    private static let dash: Markup = "<span class=\"plain\">&#8211;</span>"
}
