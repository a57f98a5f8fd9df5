/// What has changed since the last job on the same data.
enum PreviousSection {
    static func make(_ report: JobReport) -> Section? {
        guard let before = report.previous else { return nil }
        let student = report.models.student
        var rows = [
            row("Student", before.student, JobComparison([report]).jobs[0].student),
            row(
                "Student's accuracy", Figures.percent(before.accuracy), Figures.percent(student.testAccuracy),
                "\(Figures.signedPoints(before.difference)) points"),
            accuracy("Teacher's accuracy", before.teacherAccuracy, report.models.teacher.testAccuracy),
        ]
        if let old = before.baselineAccuracy, let new = report.models.baseline?.testAccuracy {
            rows.append(accuracy("Without a teacher", old, new))
        }
        rows.append(number("Parameters", before.parameters, student.parameters, Figures.short))
        rows.append(number("Size of student.onnx", before.fileBytes, student.fileBytes, Figures.bytes))
        if let old = before.latencyMilliseconds {
            rows.append(
                row("One image", Figures.milliseconds(old), Figures.milliseconds(student.latencyMilliseconds)))
        }
        if let old = before.seconds {
            rows.append(row("Work", Figures.duration(old), Figures.duration(report.seconds)))
        }
        if let old = before.energyJoules, let new = report.energyJoules {
            rows.append(row("Energy", Figures.energy(old), Figures.energy(new)))
        }
        let content: Markup = """
            <p>\(verdict(before))</p>
            <div class="scroll" tabindex="0"><table>
            <thead><tr><th scope="col"></th><th scope="col">Before</th><th scope="col">Now</th>\
            <th scope="col">Change</th></tr></thead>
            <tbody>\(rows)</tbody></table></div>
            \(settings(before))
            """
        return Section(id: "previous", title: "Since the last job on this data", content: content)
    }

    private static func verdict(_ before: PreviousJob) -> Markup {
        let job: Markup = "<code>\(before.jobID)</code> (\(Figures.date(before.finished)))"
        guard !before.interval95.contains(0) else {
            return """
                The difference from \(job) could be chance: \(Figures.count(before.testCount, "test image")) do not tell \
                the two students apart.
                """
        }
        let change = Figures.points(abs(before.difference))
        return """
            This student is \(change) \(before.difference > 0 ? "better" : "worse") than that of \(job), which is more \
            than chance.
            """
    }

    private static func settings(_ before: PreviousJob) -> Markup {
        guard !before.settings.isEmpty else { return "<p>The settings are the same.</p>" }
        let rows = before.settings.map { one -> Markup in
            """
            <tr><th scope="row" class="text"><code>\(one.key)</code></th><td class="text">\(value(one.before))</td>\
            <td class="text">\(value(one.now))</td></tr>

            """
        }
        return """
            <h3>Settings that differ</h3>
            <div class="scroll" tabindex="0"><table>
            <thead><tr><th scope="col">Key</th><th scope="col" class="text">Before</th>\
            <th scope="col" class="text">Now</th></tr></thead>
            <tbody>\(rows)</tbody></table></div>
            """
    }

    private static func value(_ text: String?) -> Markup {
        text.map { "<code>\(ClassNames.short($0, limit: 80))</code>" } ?? "&#8211;"
    }

    private static func accuracy(_ name: String, _ old: Double, _ new: Double) -> Markup {
        row(name, Figures.percent(old), Figures.percent(new), "\(Figures.signedPoints(new - old)) points")
    }

    private static func number(_ name: String, _ old: Int, _ new: Int, _ text: (Int) -> String) -> Markup {
        let change = old == new || old == 0 ? "" : Figures.factor(Double(new) / Double(old))
        return row(name, text(old), text(new), change)
    }

    private static func row(_ name: String, _ old: String, _ new: String, _ change: String = "") -> Markup {
        """
        <tr><th scope="row" class="text">\(name)</th><td>\(old)</td><td>\(new)</td><td>\(change)</td></tr>

        """
    }
}
