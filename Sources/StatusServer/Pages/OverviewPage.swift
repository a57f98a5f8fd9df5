import Daemon
import Foundation
import Ledger
import Reporting

/// What runs, what waits, what came last, and where to drop files.
struct OverviewPage: Sendable {
    let site: Site

    private static let recentJobs = 10

    func render() async throws -> String {
        let content = try await content()
        let main: Markup = """
            <h1 class="hidden">Overview</h1>
            \(live("down", content))\(live("machine", content))
            <section aria-labelledby="h-running"><h2 id="h-running">Running</h2>\(live("running", content))</section>
            <section aria-labelledby="h-queued"><h2 id="h-queued">Queue</h2>\(live("queued", content))</section>
            <section aria-labelledby="h-inbox"><h2 id="h-inbox">Inbox</h2>\(dropZone)\(live("inbox", content))</section>
            <section aria-labelledby="h-recent"><h2 id="h-recent">Recent</h2>\(live("recent", content))\
            <p><a href="/history">The whole history</a></p></section>
            """
        return Frame(title: "Overview", place: .overview, events: "/events", reload: 10).render(main, site)
    }

    func parts() async throws -> [LivePart] {
        try await content().map { LivePart(id: "live-\($0.id)", html: $0.html.text) }
    }

    private typealias Part = (id: String, html: Markup)

    private func live(_ id: String, _ content: [Part]) -> Markup {
        "<div id=\"live-\(id)\">\(content.first { $0.id == id }?.html ?? "")</div>"
    }

    private func content() async throws -> [Part] {
        let snapshot = try await site.ledger().snapshot(history: Self.recentJobs)
        let report = try site.client.report(of: snapshot)
        let recent = snapshot.finished
        let down: Markup =
            report.isDaemonRunning
            ? "" : "<p class=\"problem\">The daemon is not running; this is how it left things.</p>"
        return [
            ("down", down),
            ("machine", machine(report)),
            ("running", try running(report, snapshot.running)),
            ("queued", queued(report)),
            ("inbox", inbox(report)),
            (
                "recent",
                recent.isEmpty
                    ? "<p class=\"note\">No job has ended yet.</p>" : Pieces.history(recent, choosable: false)
            ),
        ]
    }

    private func machine(_ report: StatusReport) -> Markup {
        """
        <dl class="tiles"><div><dt>Jobs</dt><dd class="figure">\(report.running.count) running</dd>\
        <dd class="note">\(report.queued.count) queued</dd></div>\(MachineFacts(site.config).tiles)</dl>
        """
    }

    private func running(_ report: StatusReport, _ records: [JobRecord]) throws -> Markup {
        guard !report.running.isEmpty else { return "<p class=\"note\">Nothing runs.</p>" }
        var cards: Markup = ""
        for (index, (job, record)) in zip(report.running, records).enumerated() {
            let curves = CurveView(id: "run\(index)", epochs: try site.files(of: record).epochsSoFar())
            let memory: Markup =
                job.process.flatMap(MachineFacts.residentBytes(of:)).map {
                    " <span class=\"note\">\(Figures.bytes($0)) of memory</span>"
                } ?? ""
            cards += """
                <article class="card" aria-labelledby="card-\(job.id)"><div class="head">\
                <h3 id="card-\(job.id)">\(Pieces.link(job.id))</h3>\(Pieces.button(.cancel, job.id, site))</div>\
                <p class="note">\(Markup.path(job.dataset))\(memory)</p>\
                \(Pieces.progress(job.progress, of: job.id))\(remark(job.note))\
                \(curves.isEmpty ? "" : curves.render())</article>

                """
        }
        return cards
    }

    private func remark(_ note: String?) -> Markup { note.map { "<p class=\"remark\">\($0)</p>" } ?? "" }

    private func queued(_ report: StatusReport) -> Markup {
        guard !report.queued.isEmpty else { return "<p class=\"note\">Nothing waits.</p>" }
        let rows = report.queued.map { job -> Markup in
            let why = [job.waitsFor.map { "waits: \($0)" }, job.note].compactMap(\.self).joined(separator: "; ")
            return """
                <tr><th scope="row">\(Pieces.link(job.id))</th><td class="text">\(Markup.path(job.dataset))</td>\
                <td>\(job.priority)</td><td class="text">\(why)</td><td class="text">\(Pieces.time(job.queuedAt))</td>\
                <td>\(Pieces.button(.cancel, job.id, site))</td></tr>

                """
        }
        return """
            <div class="scroll" tabindex="0" role="region" aria-label="Queued jobs"><table class="wide jobs">
            <thead><tr><th scope="col" class="text">Job</th><th scope="col" class="text">Dataset</th>\
            <th scope="col">Priority</th><th scope="col" class="text">Remark</th><th scope="col" class="text">Since</th>\
            <th scope="col"><span class="hidden">Cancel</span></th></tr></thead>
            <tbody>\(rows)</tbody></table></div>
            """
    }

    private var dropZone: Markup {
        """
        <form id="drop" class="drop" data-token="\(site.formToken)">
        <p><label for="files">Drop a dataset (.zip, .tar, .tar.gz, .tar.zst) and a manifest (NAME.job.yaml) here, or \
        choose them:</label> <input id="files" type="file" multiple="multiple" /></p>
        <ul id="uploads" aria-live="polite"></ul>
        <noscript><p class="note">This needs JavaScript. Without it, copy files into \(Markup.path(site.config.inbox)).</p>\
        </noscript></form>
        """
    }

    private func inbox(_ report: StatusReport) -> Markup {
        let words: [(InboxNote.Kind, String)] = [
            (.waiting, "waits"), (.dataset, "dataset"), (.ignored, "left alone"),
        ]
        let rows = words.flatMap { kind, word in
            report.notes.filter { $0.kind == kind }.map { note -> Markup in
                """
                <tr><th scope="row">\(Markup.path(note.path))</th><td class="text">\(word)</td>\
                <td class="text">\(note.reason)</td></tr>

                """
            }
        }
        guard !rows.isEmpty else { return "<p class=\"note\">The inbox is empty: \(Markup.path(report.inbox)).</p>" }
        return """
            <div class="scroll" tabindex="0" role="region" aria-label="What lies in the inbox"><table class="wide">
            <thead><tr><th scope="col" class="text">Name</th><th scope="col" class="text">What</th>\
            <th scope="col" class="text">Remark</th></tr></thead><tbody>\(rows)</tbody></table></div>
            """
    }
}
