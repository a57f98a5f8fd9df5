import Manifests

/// Who taught, with what weight, and how the teaching went over the epochs.
enum TeachersSection {
    static func make(_ report: JobReport) -> Section? {
        let standings = report.teachers ?? []
        let taught = report.epochs.filter { $0.stage == .student && $0.teaching != nil }
        guard !standings.isEmpty || !taught.isEmpty else { return nil }
        let content: Markup = """
            \(standings.isEmpty ? "" : table(standings, report))
            \(report.audition.map { "<p>\($0.sentence)</p>" as Markup } ?? "")
            \(taught.isEmpty ? "<p>Nobody taught: the student learned from the labels alone.</p>" : charts(report))
            """
        return Section(id: "teachers", title: "Who taught it", content: content)
    }

    private static func table(_ standings: [TeacherStanding], _ report: JobReport) -> Markup {
        let rows = standings.map { one -> Markup in
            """
            <tr><th scope="row" class="text">\(one.isAssistant == true ? "Assistant " : "")\(one.number). \(one.model)</th>\
            <td>\(one.evaluationAccuracy.map { Figures.percent($0) } ?? "not known")</td>\
            <td>\(one.calibrationError.map { Figures.percent($0) } ?? "not known")</td>\
            <td>\(Figures.percent(one.weight))</td><td>\(Figures.percent(one.trust))</td><td class="text">\(remark(one, report))</td></tr>

            """
        }
        return """
            <p class="note">Teachers are examined on the evaluation split. One that is below the student's own level \
            is left out, and one that is hardly ahead of it counts for a part of alpha, with \
            <code>distillation.weakTeacher: drop</code>.</p>
            <div class="scroll" tabindex="0"><table>
            <thead><tr><th scope="col" class="text">Teacher</th><th scope="col">Right answers</th>\
            <th scope="col">Off in its confidence</th><th scope="col">Weight</th><th scope="col">Part of alpha</th><th scope="col" class="text">Remark</th>\
            </tr></thead>
            <tbody>\(rows)</tbody></table></div>
            """
    }

    private static func remark(_ one: TeacherStanding, _ report: JobReport) -> String {
        if let reason = one.reason { return (one.weight == 0 ? "Left out: it " : "It ") + reason + "." }
        guard !one.weakClasses.isEmpty else { return "" }
        let names = one.weakClasses.prefix(5).filter(report.data.classes.indices.contains).map {
            report.data.classes[$0]
        }
        let more = one.weakClasses.count > names.count ? " and \(one.weakClasses.count - names.count) more" : ""
        return "Weak in \(names.joined(separator: ", "))\(more)."
    }

    /// What moved while the student learned.
    private static func charts(_ report: JobReport) -> Markup {
        let epochs = report.epochs.filter { $0.stage == .student }
        func chart(
            _ id: String, _ title: String, _ detail: String, isShare: Bool = false,
            _ value: (TeachingRecord) -> Double?
        ) -> Markup {
            let values = epochs.map { $0.teaching.flatMap(value) ?? .nan }
            guard values.contains(where: \.isFinite) else { return "" }
            let lines = [LineChart.Line(name: "", role: .student, style: "thick", values: values)]
            let drawn = LineChart(id: id, title: title, lines: lines, isShare: isShare, width: 340, height: 230)
            return """
                <figure><figcaption><strong>\(title)</strong> <span>\(detail)</span></figcaption>\(drawn.render())</figure>

                """
        }
        return """
            <h3>Over the epochs</h3>
            <div class="charts small">
            \(chart("t-alpha", "Alpha", "weight of the teacher's word", isShare: true) { $0.alpha })
            \(chart("t-temperature", "Temperature", "softens both") { $0.temperature })
            \(chart("t-trust", "Trust", "how much of its word counted", isShare: true) { $0.trust })
            \(chart("t-errors", "Wrong answers", "of the teachers, on training images", isShare: true) { $0.teacherErrors })
            \(chart("t-soft", "Distance", "soft term of the loss") { $0.softLoss })
            \(chart("t-features", "Activations", "losses on them") { $0.featureLoss })
            </div>
            """
    }
}
