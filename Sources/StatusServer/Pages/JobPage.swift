import Daemon
import Foundation
import Ledger
import Manifests
import Reporting

/// Everything there is to see of one job.
struct JobPage: Sendable {
    let site: Site
    let job: JobRecord

    private var files: JobFiles { site.files(of: job) }

    /// Bytes of the log's end that the page shows.
    private static let logBytes = 48 << 10
    /// Above it a report is opened by itself only: reading it for its pictures would take long.
    private static let reportBytes = 12 << 20

    /// - Parameter said: what has just been done, from a fixed list.
    func render(said: String? = nil) async throws -> String {
        let content = try await content()
        func live(_ id: String) -> Markup {
            "<div id=\"live-\(id)\">\(content.first { $0.id == id }?.html ?? "")</div>"
        }
        let main: Markup = """
            <p class="eyebrow"><a href="/">Overview</a> <span>Job</span></p>
            <h1 class="page">\(Markup.name(job.id, limit: 120))</h1>
            \(Self.words(for: said))
            \(live("state"))
            \(live("curves"))
            \(live("result"))
            <section aria-labelledby="h-facts"><h2 id="h-facts">Facts</h2>\(live("facts"))</section>
            <section aria-labelledby="h-log"><h2 id="h-log">Log</h2>\(live("log"))</section>
            """
        let ended = job.state.isFinal
        return Frame(
            title: job.id, place: .none, events: ended ? nil : "/jobs/\(job.id)/events", reload: ended ? nil : 10
        ).render(main, site)
    }

    func parts() async throws -> [LivePart] {
        try await content().map { LivePart(id: "live-\($0.id)", html: $0.html.text) }
    }

    private func content() async throws -> [(id: String, html: Markup)] {
        let snapshot = try await site.ledger().snapshot(history: 0)
        let progress = StatusReport.Job(job, snapshot.progress[job.id], outbox: site.config.outbox, at: Date()).progress
        return [
            ("state", state(progress)), ("curves", try curves()), ("result", try await result()), ("facts", facts),
            ("log", try log()),
        ]
    }

    private static func words(for said: String?) -> Markup {
        switch said {
        case "cancel": "<p class=\"happened\" role=\"status\">The job is being cancelled.</p>"
        case "retry": "<p class=\"happened\" role=\"status\">The job is queued again.</p>"
        default: ""
        }
    }

    // MARK: Parts

    private func state(_ progress: StatusReport.Progress?) -> Markup {
        var out: Markup = "<div class=\"head\"><p>\(Pieces.state(job.state))</p>"
        if !job.state.isFinal { out += Pieces.button(.cancel, job.id, site) }
        if job.state == .failed || job.state == .cancelled { out += Pieces.button(.retry, job.id, site) }
        out += "</div>"
        if job.state == .running { out += Pieces.progress(progress, of: job.id) }
        if let summary = job.summary { out += "<p class=\"verdict\">\(summary)</p>" }
        for remark in [job.hold.map { "Waits: \($0)" }, job.note].compactMap(\.self) {
            out += "<p class=\"remark\">\(remark)</p>"
        }
        if let failure = files.failure { out += Self.failure(failure) }
        return out
    }

    private static func failure(_ failure: JobFailure) -> Markup {
        let place: Markup = failure.location.map { "<dt>Where</dt><dd>\(Markup.path($0))</dd>" } ?? ""
        let details = failure.details.prefix(50).map { "<li>\($0)</li>" as Markup }
        let list: Markup = details.isEmpty ? "" : "<ul>\(details)</ul>"
        return """
            <dl class="facts">\(place)<dt>What to do</dt><dd>\(failure.fix)</dd><dt>Code</dt>\
            <dd><code>\(failure.code)</code></dd></dl>\(list)
            """
    }

    private func curves() throws -> Markup {
        let epochs =
            job.state.isFinal
            ? try files.read("metrics.csv").map { MetricsCSV.epochs(String(decoding: $0, as: UTF8.self)) } ?? []
            : try files.epochsSoFar()
        guard !epochs.isEmpty else { return "" }
        return """
            <section aria-labelledby="h-curves"><h2 id="h-curves">Curves</h2>\
            \(CurveView(id: "job", epochs: epochs).render())</section>
            """
    }

    private func result() async throws -> Markup {
        guard files.published != nil else {
            let known = try files.working(DataSample.fileName)
            return known.flatMap { try? JSONDecoder().decode([DataSample].self, from: Data($0)) }.map(samples) ?? ""
        }
        let before = job.state == .done ? try await site.ledger().predecessor(of: job) : nil
        let comparison: Markup =
            before.map {
                """
                <p><a href="/compare?job=\($0.id)&amp;job=\(job.id)">Compare with the last job on the same dataset</a>, \
                \(Markup.name($0.id, limit: 80))</p>
                """
            } ?? ""
        let entries = try files.entries()
        let base = "/jobs/\(job.id)/files/"
        let rows = entries.filter { !$0.isFolder }.map { entry -> Markup in
            """
            <tr><th scope="row"><a href="\(base)\(FormFields.encoded(entry.name))">\(Markup.name(entry.name, limit: 60))</a></th>\
            <td>\(Figures.bytes(entry.bytes))</td></tr>

            """
        }
        let report: Markup =
            entries.contains { $0.name == "report.html" }
            ? """
            <section aria-labelledby="h-report"><h2 id="h-report">Report</h2>\
            <p><a href="\(base)report.html">Open the report by itself</a></p>\
            <iframe class="report" title="Report of \(job.id)" src="\(base)report.html" loading="lazy"></iframe></section>
            """ : ""
        return """
            \(comparison)\(pictures())
            <section aria-labelledby="h-files"><h2 id="h-files">Files</h2><p class="note">\
            \(Markup.path(files.published ?? ""))</p><div class="scroll" tabindex="0"><table><thead><tr>\
            <th scope="col" class="text">File</th><th scope="col">Size</th></tr></thead><tbody>\(rows)</tbody></table></div></section>
            \(report)
            """
    }

    /// The images that the student got most wrong, and some that it learned from.
    private func pictures() -> Markup {
        guard let bytes = try? files.read("report.json", limit: Self.reportBytes),
            let report = try? JobReport(encoded: Data(bytes))
        else { return "" }
        let mistakes: Markup =
            report.mistakes.isEmpty
            ? ""
            : "<section aria-labelledby=\"h-pictures\"><h2 id=\"h-pictures\">Worst mistakes</h2>"
                + HTMLReport.mistakeGallery(report, limit: 12) + "</section>"
        return mistakes + samples(report.data.samples ?? [])
    }

    private func samples(_ samples: [DataSample]) -> Markup {
        guard !samples.isEmpty else { return "" }
        return "<section aria-labelledby=\"h-samples\"><h2 id=\"h-samples\">What it learns from</h2>"
            + SampleGallery.make(samples) + "</section>"
    }

    private var facts: Markup {
        var rows: [(String, Markup)] = [
            ("Name", Markup.name(job.name, limit: 120)), ("Manifest", Markup.path(job.manifestName)),
            ("Dataset", Markup.path(job.datasetName)), ("Priority", "\(job.priority)"),
            ("Queued", Pieces.time(job.createdAt)),
        ]
        if job.startedAt != nil { rows.append(("Started", Pieces.time(job.startedAt))) }
        if job.finishedAt != nil { rows.append(("Ended", Pieces.time(job.finishedAt))) }
        if let headline = files.headline {
            let baseline = headline.baselineAccuracy.map { ", baseline \(Figures.percent($0))" } ?? ""
            rows.append(
                (
                    "Accuracy",
                    "student \(Figures.percent(headline.studentAccuracy)), teacher \(Figures.percent(headline.teacherAccuracy))\(baseline)"
                ))
            rows.append(
                (
                    "Student",
                    "\(Figures.short(headline.studentParameters)) parameters, \(Figures.bytes(headline.studentBytes))"
                ))
        }
        if job.crashes > 0 { rows.append(("Crashes", "\(job.crashes)")) }
        if let process = job.workerPID, job.state == .running {
            let memory = MachineFacts.residentBytes(of: process).map { ", \(Figures.bytes($0)) of memory" } ?? ""
            rows.append(("Worker", "process \(String(process))\(memory)"))
        }
        if let kept = job.keptInput { rows.append(("Input", Markup.path(kept))) }
        if let earlier = job.retryOf { rows.append(("Another try of", Pieces.link(earlier))) }
        return "<dl class=\"facts\">\(rows.map { "<dt>\($0.0)</dt><dd>\($0.1)</dd>" as Markup })</dl>"
    }

    private func log() throws -> Markup {
        guard let log = try files.logTail(bytes: Self.logBytes), !log.text.isEmpty else {
            return "<p class=\"note\">There is no log yet.</p>"
        }
        let whole: Markup =
            log.isCut ? "<p class=\"note\">The end of it; <a href=\"/jobs/\(job.id)/log\">the whole log</a>.</p>" : ""
        return "\(whole)<pre class=\"wrap log\" tabindex=\"0\" aria-label=\"Log of \(job.id)\">\(log.text)</pre>"
    }
}
