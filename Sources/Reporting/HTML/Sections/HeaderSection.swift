/// The top of the page: the verdict in a sentence, warnings, the figures that matter most.
enum HeaderSection {
    static func make(_ report: JobReport, sections: [Section]) -> Markup {
        let links = sections.map { "<li><a href=\"#\($0.id)\">\($0.title)</a></li>" as Markup }
        return """
            <p class="eyebrow"><span>distilld</span> <span>\(Figures.date(report.finished))</span> \
            <span>\(report.jobID)</span></p>
            <h1>\(Markup.name(report.name, limit: 80))</h1>
            \(badge(report.verdict.outcome))
            <p class="verdict">\(report.verdict.sentence)</p>
            \(recommendation(report))
            \(warnings(report.warnings))
            \(tiles(report))
            <nav aria-label="Sections"><ul>\(links)</ul></nav>
            """
    }

    private static func badge(_ outcome: Verdict.Outcome) -> Markup {
        switch outcome {
        case .gained: "<p class=\"badge good\">&#10003; Distillation helped</p>"
        case .withinNoise: "<p class=\"badge plain\">&#8776; No difference that this test can show</p>"
        case .lost: "<p class=\"badge bad\">&#10007; Distillation did harm</p>"
        case .notCompared: "<p class=\"badge plain\">Not compared with a plain student</p>"
        case .noBetterThanGuessing: "<p class=\"badge bad\">&#10007; No better than guessing</p>"
        }
    }

    private static func recommendation(_ report: JobReport) -> Markup {
        guard let advice = FormAdvice(report) else { return "" }
        return "<p class=\"recommendation\">\(advice.sentence) <a href=\"#forms\">All forms</a></p>"
    }

    private static func warnings(_ warnings: [String]) -> Markup {
        guard !warnings.isEmpty else { return "" }
        let shown = warnings.prefix(50).map { "<li>\($0)</li>" as Markup }
        let more = warnings.count > 50 ? "<li>and \(warnings.count - 50) more</li>" as Markup : ""
        return """
            <aside class="warnings" aria-labelledby="warnings">
            <h2 id="warnings">Before you trust these figures</h2>
            <ul>\(shown)\(more)</ul>
            </aside>
            """
    }

    private static func tiles(_ report: JobReport) -> Markup {
        let (teacher, student) = (report.models.teacher, report.models.student)
        let interval = student.testInterval95
        let tiles: [Markup] = [
            tile(
                "Student's accuracy", Figures.percent(student.testAccuracy),
                "95% interval \(Figures.fixed(interval.lower * 100, 1)) to \(Figures.percent(interval.upper))"),
            tile(
                "Against the teacher", "\(Figures.signedPoints(report.models.studentAgainstTeacher.difference)) pt",
                "of the teacher's \(Figures.percent(teacher.testAccuracy))"),
            against(report.models.studentAgainstBaseline, baseline: report.models.baseline),
            tile(
                "Parameters", Figures.short(student.parameters),
                ratio(teacher.parameters, student.parameters, "of the teacher's \(Figures.short(teacher.parameters))")),
            tile(
                "One image", Figures.milliseconds(student.latencyMilliseconds),
                "on one thread here; teacher \(Figures.milliseconds(teacher.latencyMilliseconds))"),
            tile("File to ship", Figures.bytes(student.fileBytes), "student.onnx"),
        ]
        return "<dl class=\"tiles\">\(tiles)</dl>"
    }

    private static func against(_ comparison: PairedComparison?, baseline: ModelResult?) -> Markup {
        guard let comparison, let baseline else {
            return tile("Against training alone", "n/a", "the job had no baseline")
        }
        return tile(
            "Against training alone", "\(Figures.signedPoints(comparison.difference)) pt",
            "of the baseline's \(Figures.percent(baseline.testAccuracy))"
                + (comparison.isSignificant ? "" : ", within noise"))
    }

    private static func ratio(_ teacher: Int, _ student: Int, _ suffix: String) -> String {
        guard teacher > 0 else { return "n/a" }
        let share = Double(student) / Double(teacher)
        return "\(Figures.percent(share, share < 0.1 ? 1 : 0)) \(suffix)"
    }

    private static func tile(_ title: String, _ figure: String, _ note: String) -> Markup {
        """
        <div><dt>\(title)</dt><dd class="figure">\(figure)</dd><dd class="note">\(note)</dd></div>
        """
    }
}
