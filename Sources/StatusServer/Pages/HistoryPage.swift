import Ledger
import Reporting

/// The jobs that have ended, searched and filtered by a plain form.
struct HistoryPage: Sendable {
    let site: Site
    let query: FormFields

    private static let pageSize = 50

    func render() async throws -> String {
        var wanted = LedgerReader.HistoryQuery()
        wanted.text = query["q"] ?? ""
        if let state = query["state"].flatMap(JobState.init(rawValue:)), state.isFinal { wanted.states = [state] }
        let page = max(1, min(query["page"].flatMap { Int($0) } ?? 1, 1_000_000))
        wanted.limit = Self.pageSize
        wanted.offset = (page - 1) * Self.pageSize
        let (jobs, total) = try await site.ledger().history(wanted)
        let found: Markup =
            jobs.isEmpty
            ? "<p class=\"note\">No job matches.</p>"
            : """
            <form id="compare" method="get" action="/compare">\(Pieces.history(jobs, choosable: true))\
            <p><button type="submit">Compare the chosen</button> \
            <span class="note">two to six jobs that are done</span></p></form>\(pages(page, total))
            """
        let main: Markup = """
            <h1 class="page">History</h1>
            \(form(wanted))
            <p class="note" role="status">\(Figures.count(total, "job"))</p>
            \(found)
            """
        return Frame(title: "History", place: .history).render(main, site)
    }

    private func form(_ wanted: LedgerReader.HistoryQuery) -> Markup {
        let options = [("", "any state"), ("done", "done"), ("failed", "failed"), ("cancelled", "cancelled")].map {
            value, words -> Markup in
            let selected: Markup = (query["state"] ?? "") == value ? " selected=\"selected\"" : ""
            return "<option value=\"\(value)\"\(selected)>\(words)</option>"
        }
        return """
            <form method="get" action="/history" class="search" role="search">
            <label for="q">Name, dataset or outcome</label> <input id="q" name="q" type="search" value="\(wanted.text)" />
            <label for="state">State</label> <select id="state" name="state">\(options)</select>
            <button type="submit">Search</button></form>
            """
    }

    private func pages(_ page: Int, _ total: Int) -> Markup {
        let last = max(1, (total + Self.pageSize - 1) / Self.pageSize)
        guard last > 1 else { return "" }
        func link(_ number: Int, _ words: String) -> Markup {
            guard (1...last).contains(number) else { return "" }
            let others = ["q", "state"].compactMap { name in query[name].map { "\(name)=\(FormFields.encoded($0))" } }
            return "<a href=\"/history?\((others + ["page=\(number)"]).joined(separator: "&"))\">\(words)</a> "
        }
        return """
            <nav aria-label="Pages of the history"><p>\(link(page - 1, "Later"))Page \(page) of \(last) \
            \(link(page + 1, "Earlier"))</p></nav>
            """
    }
}
