import Daemon
import Foundation
import Ledger
import Reporting

/// Small things that several pages show.
enum Pieces {
    static func state(_ state: JobState) -> Markup {
        let (sign, name): (Markup, String) =
            switch state {
            case .queued: ("&#8943;", "queued")
            case .running: ("&#9654;", "running")
            case .done: ("&#10003;", "done")
            case .failed: ("&#10007;", "failed")
            case .cancelled: ("&#8211;", "cancelled")
            }
        return "<span class=\"state \(name)\"><span aria-hidden=\"true\">\(sign)</span> \(name)</span>"
    }

    static func link(_ id: String) -> Markup { "<a href=\"/jobs/\(id)\">\(Markup.name(id, limit: 80))</a>" }

    static func time(_ date: Date?) -> Markup {
        guard let date else { return "" }
        return "<time datetime=\"\(date.ISO8601Format())\">\(Figures.date(date))</time>"
    }

    /// What a job is doing, as a bar and in words.
    static func progress(_ progress: StatusReport.Progress?, of name: String) -> Markup {
        guard let progress else { return "<p class=\"doing\">starting</p>" }
        let words = StatusText.words(for: progress)
        let (done, total) =
            if let epoch = progress.epoch, let epochs = progress.epochs { (epoch, epochs) } else {
                (progress.done, progress.total)
            }
        // Without a value it says that nothing is known of the end.
        let value: Markup = total > 0 ? " value=\"\(min(done, total))\" max=\"\(total)\"" : ""
        return """
            <progress aria-label="\(progress.stage) of \(name)"\(value)></progress><p class="doing">\(words)</p>
            """
    }

    /// A button that changes something, with the page's token.
    static func button(_ verb: JobAction.Verb, _ id: String, _ site: Site) -> Markup {
        let words = verb == .cancel ? "Cancel" : "Try again"
        let question: Markup =
            verb == .cancel ? " data-confirm=\"Cancel \(id)? What it has learned so far is lost.\"" : ""
        return """
            <form method="post" action="/jobs/\(id)/\(verb.rawValue)"\(question)>\
            <input type="hidden" name="token" value="\(site.formToken)" />\
            <button id="\(verb.rawValue)-\(id)" type="submit">\(words)<span class="hidden"> \(id)</span></button></form>
            """
    }

    /// A table of jobs that have ended.
    static func history(_ jobs: [JobRecord], choosable: Bool) -> Markup {
        let rows = jobs.map { job -> Markup in
            let box: Markup =
                choosable && job.state == .done
                ? "<input type=\"checkbox\" name=\"job\" value=\"\(job.id)\" aria-label=\"Compare \(job.id)\" />" : ""
            let choice: Markup = choosable ? "<td class=\"text choice\">\(box)</td>" : ""
            return """
                <tr>\(choice)<th scope="row">\(link(job.id))</th>\
                <td class="text">\(state(job.state))</td><td class="text summary">\(job.summary ?? "")</td>\
                <td class="text took">\(took(job))</td><td class="text">\(time(job.finishedAt))</td></tr>

                """
        }
        let choice: Markup =
            choosable ? "<th scope=\"col\" class=\"text\"><span class=\"hidden\">Compare</span></th>" : ""
        return """
            <div class="scroll" tabindex="0" role="region" aria-label="Jobs that have ended"><table class="wide jobs">
            <thead><tr>\(choice)<th scope="col" class="text">Job</th><th scope="col" class="text">State</th>\
            <th scope="col" class="text">What came of it</th><th scope="col" class="text">Took</th>\
            <th scope="col" class="text">Ended</th></tr></thead>
            <tbody>\(rows)</tbody></table></div>
            """
    }

    private static func took(_ job: JobRecord) -> String {
        guard let started = job.startedAt, let finished = job.finishedAt else { return "" }
        return Figures.duration(max(0, finished.timeIntervalSince(started)))
    }
}
