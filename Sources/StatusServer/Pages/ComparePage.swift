import Daemon
import Foundation
import Ledger
import Manifests
import Reporting

/// Two to six finished jobs side by side.
struct ComparePage: Sendable {
    let site: Site
    let ids: [String]

    private static let counts = 2...6

    func render() async throws -> String {
        var chosen: [String] = []
        for id in ids where !chosen.contains(id) { chosen.append(id) }
        guard Self.counts.contains(chosen.count) else {
            throw PageError(
                .badRequest, "Choose two to six jobs to compare; \(chosen.count) were chosen.",
                way: ("/history", "Choose in the history"))
        }
        var reports: [JobReport] = []
        for id in chosen {
            let job = try await site.job(id)
            guard let bytes = try site.files(of: job).read("report.json") else {
                throw PageError(
                    .notFound, "\(job.id) has no report.json: it is \(job.state.rawValue), or its folder was removed.",
                    way: ("/history", "Choose others"))
            }
            do { reports.append(try JobReport(encoded: Data(bytes))) } catch {
                throw PageError(
                    .unprocessableContent, "The report.json of \(job.id) cannot be read: \(error)",
                    way: ("/history", "Choose others"))
            }
        }
        let comparison = JobComparison(reports)
        let main: Markup = """
            <h1 class="page">Comparison</h1>
            \(comparison.notes.map { "<p class=\"remark\">\($0)</p>" as Markup })
            <section aria-labelledby="h-figures"><h2 id="h-figures">Figures</h2>\(figures(comparison.jobs))</section>
            <section aria-labelledby="h-settings"><h2 id="h-settings">Settings that differ</h2>\
            \(settings(comparison))</section>
            <section aria-labelledby="h-curves"><h2 id="h-curves">Curves of the students</h2>\(curves(reports))</section>
            """
        return Frame(title: "Comparison", place: .none).render(main, site)
    }

    private func table(_ label: String, _ jobs: [JobComparison.Job], _ rows: [Markup]) -> Markup {
        let heads = jobs.enumerated().map { index, job -> Markup in
            "<th scope=\"col\">\(Self.letter(index)) \(Pieces.link(job.jobID))</th>"
        }
        return """
            <div class="scroll" tabindex="0" role="region" aria-label="\(label)"><table class="wide compared"><thead><tr>\
            <td></td>\(heads)</tr></thead><tbody>\(rows)</tbody></table></div>
            """
    }

    private static func letter(_ index: Int) -> String { String("ABCDEF".dropFirst(index).prefix(1)) }

    private func figures(_ jobs: [JobComparison.Job]) -> Markup {
        /// - Parameter best: of two values the better one; nil: neither is.
        func row(
            _ name: String, best: ((Double, Double) -> Bool)? = nil,
            of value: (JobComparison.Job) -> Double? = { _ in nil },
            _ words: (JobComparison.Job) -> String
        ) -> Markup {
            let values = jobs.map(value)
            let winner = best.flatMap { best in values.compactMap(\.self).min { best($0, $1) } }
            let isTie = winner.map { winner in values.allSatisfy { $0 == winner } } ?? true
            let cells = zip(jobs, values).map { job, value -> Markup in
                value != nil && value == winner && !isTie
                    ? "<td><strong>\(words(job))</strong> <span class=\"good\">best</span></td>"
                    : "<td>\(words(job))</td>"
            }
            return "<tr><th scope=\"row\" class=\"text\">\(name)</th>\(cells)</tr>\n"
        }
        return table(
            "Figures", jobs,
            [
                row("Student") { $0.student },
                row("Accuracy", best: >, of: { $0.accuracy }) { Figures.percent($0.accuracy) },
                row("95% interval") {
                    "\(Figures.fixed($0.interval95.lower * 100, 1)) to \(Figures.percent($0.interval95.upper))"
                },
                row("Teacher's accuracy") { Figures.percent($0.teacherAccuracy) },
                row("Baseline's accuracy") { $0.baselineAccuracy.map { Figures.percent($0) } ?? "none" },
                row("Parameters", best: <, of: { Double($0.parameters) }) { Figures.short($0.parameters) },
                row("File", best: <, of: { Double($0.fileBytes) }) { Figures.bytes($0.fileBytes) },
                row("One image", best: <, of: { $0.latencyMilliseconds }) {
                    Figures.milliseconds($0.latencyMilliseconds)
                },
                row("Took") { Figures.duration($0.seconds) },
            ])
    }

    private func settings(_ comparison: JobComparison) -> Markup {
        guard !comparison.settings.isEmpty else { return "<p class=\"note\">None: the manifests say the same.</p>" }
        return table(
            "Settings that differ", comparison.jobs,
            comparison.settings.map { setting in
                let cells = setting.values.map { "<td>\($0 ?? "not set")</td>" as Markup }
                return "<tr><th scope=\"row\" class=\"text\"><code>\(setting.key)</code></th>\(cells)</tr>\n"
            })
    }

    private func curves(_ reports: [JobReport]) -> Markup {
        let styles = ["thick", "dashed", "", "thin", "dashed", "thin"]
        let roles: [ModelResult.Role] = [.student, .teacher, .baseline, .student, .student, .teacher]
        func chart(_ title: String, isShare: Bool) -> Markup {
            let lines = reports.enumerated().map { index, report in
                LineChart.Line(
                    name: Self.letter(index), role: roles[index], style: styles[index],
                    values: report.epochs.filter { $0.stage == .student }.map { epoch in
                        guard epoch.isEvaluated else { return .nan }
                        return isShare ? epoch.evaluationAccuracy : epoch.evaluationLoss
                    })
            }
            let drawing = LineChart(id: "compare-\(title)", title: title, lines: lines, isShare: isShare).render()
            return
                "<figure><figcaption><strong>\(title)</strong> <span>evaluation split</span></figcaption>\(drawing)</figure>"
        }
        return "<div class=\"charts\">\(chart("Accuracy", isShare: true))\(chart("Loss", isShare: false))</div>"
    }
}
