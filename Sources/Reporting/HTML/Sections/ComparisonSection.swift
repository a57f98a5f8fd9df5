/// Teacher, student and baseline side by side.
enum ComparisonSection {
    static func make(_ report: JobReport) -> Section {
        let models = report.models.all
        let heads = models.map { model -> Markup in
            """
            <th scope="col" class="\(model.role.rawValue)">\(model.role.title)<small>\(Markup.name(network(model)))\
            </small></th>
            """
        }
        let rows = rows(report).map { row -> Markup in
            let cells = row.cells.map { "<td>\($0)</td>" as Markup }
            return "<tr><th scope=\"row\" class=\"text\">\(row.title)</th>\(cells)</tr>"
        }
        let content: Markup = """
            <p class="note">\(source(report))\(baselineNote(report))</p>
            <figure>\(AccuracyChart.render(models))</figure>
            <div class="scroll" tabindex="0"><table class="wide compare">
            <thead><tr><td></td>\(heads)</tr></thead>
            <tbody>\(rows)</tbody>
            </table></div>
            <p class="note">\(comparisonNote(report)) Times are of this machine (\(report.machine.processor), \
            \(report.machine.isa)); on a device only their order may hold. MACs are multiply-adds for one image. The \
            student's file is the exported one, of the others the weights alone.</p>
            """
        return Section(id: "networks", title: "The networks side by side", content: content)
    }

    private struct Row {
        let title: String
        let cells: [Markup]
    }

    private static func rows(_ report: JobReport) -> [Row] {
        let models = report.models.all
        let teacher = report.models.teacher
        func row(_ title: String, _ cell: (ModelResult) -> Markup) -> Row { Row(title: title, cells: models.map(cell)) }
        func plain(_ text: String) -> Markup { "\(text)" }
        return [
            row("Accuracy") { model in
                "<strong>\(Figures.percent(model.testAccuracy))</strong><small>\(range(model.testInterval95))</small>"
            },
            row("Student's lead") { lead($0.role, report.models) },
            row("Cross-entropy") { plain(Figures.fixed($0.testLoss, 3)) },
            row("Parameters") {
                "\(Figures.whole($0.parameters))\(times(Double(teacher.parameters), Double($0.parameters), $0, "fewer", "more"))"
            },
            row("MACs") {
                """
                \(Figures.short($0.multiplyAccumulates))\
                \(times(Double(teacher.multiplyAccumulates), Double($0.multiplyAccumulates), $0, "fewer", "more"))
                """
            },
            row("File") {
                "\(Figures.bytes($0.fileBytes))\(times(Double(teacher.fileBytes), Double($0.fileBytes), $0, "smaller", "larger"))"
            },
            row("One image, one thread") {
                """
                \(Figures.milliseconds($0.latencyMilliseconds))\
                \(times(teacher.latencyMilliseconds, $0.latencyMilliseconds, $0, "faster", "slower"))
                """
            },
            row("Images a second, \(Figures.count(report.machine.threads, "thread"))") {
                """
                \(rate($0.imagesPerSecond))\
                \(times($0.imagesPerSecond, teacher.imagesPerSecond, $0, "faster", "slower"))
                """
            },
            row("Epochs") {
                $0.epochsRun == 0 ? "none here" : "\($0.epochsRun)<small>kept: epoch \($0.bestEpoch)</small>"
            },
            row("Training took") { $0.epochsRun == 0 ? "&#8211;" : plain(Figures.duration($0.trainSeconds)) },
        ]
    }

    /// How many times better than the teacher, under the figure; nothing for the teacher itself.
    private static func times(
        _ first: Double, _ second: Double, _ model: ModelResult, _ better: String, _ worse: String
    ) -> Markup {
        guard model.role != .teacher, first.isFinite, second.isFinite, first > 0, second > 0 else { return "" }
        if first / second >= 1.05 { return "<small>\(Figures.factor(first / second)) \(better)</small>" }
        if second / first >= 1.05 { return "<small>\(Figures.factor(second / first)) \(worse)</small>" }
        return "<small>as the teacher</small>"
    }

    private static func lead(_ role: ModelResult.Role, _ models: ModelResults) -> Markup {
        let comparison: PairedComparison? =
            switch role {
            case .teacher: models.studentAgainstTeacher
            case .baseline: models.studentAgainstBaseline
            case .student: nil
            }
        guard let comparison else { return "<span class=\"plain\">&#8211;</span>" }
        let interval = comparison.interval95
        let tone = !comparison.isSignificant ? "plain" : comparison.difference > 0 ? "good" : "bad"
        return """
            <span class="\(tone)">\(Figures.signedPoints(comparison.difference)) pt</span>\
            <small>\(Figures.signedPoints(interval.lower)) to \(Figures.signedPoints(interval.upper))</small>
            """
    }

    private static func network(_ model: ModelResult) -> String {
        model.width == 1 ? model.model : "\(model.model), width \(model.width)"
    }

    private static func range(_ interval: Interval) -> String {
        "\(Figures.fixed(interval.lower * 100, 1)) to \(Figures.percent(interval.upper))"
    }

    private static func rate(_ value: Double) -> String {
        value.isFinite && abs(value) < 1e15
            ? value < 10 ? Figures.fixed(value, 1) : Figures.whole(Int(value.rounded())) : "n/a"
    }

    private static func source(_ report: JobReport) -> String {
        let count = report.models.student.testCount
        if report.data.hasTestSplit || count == 0 {
            return "Measured on the \(Figures.count(count, "test image")), which no network was trained or chosen on."
        }
        return
            "Measured on the \(Figures.count(count, "image")) of the evaluation split, for want of a test split. Epochs "
            + "were chosen on it, so expect a little less on new images."
    }

    private static func baselineNote(_ report: JobReport) -> String {
        report.models.baseline == nil ? "" : " The baseline is the student's network, trained without the teacher."
    }

    private static func comparisonNote(_ report: JobReport) -> String {
        let widest = [report.models.studentAgainstBaseline, report.models.studentAgainstTeacher].compactMap(\.self)
            .first
        guard let widest, widest.count > 0 else { return "" }
        let half = (widest.interval95.upper - widest.interval95.lower) / 2
        return "Ranges hold with 95% confidence. A lead compares two networks image by image; with this test split one "
            + "below about \(Figures.points(half)) cannot be told from chance."
    }
}
