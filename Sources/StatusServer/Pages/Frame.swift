import Reporting

/// What is around every page: head, navigation, foot.
struct Frame {
    enum Place: String { case none, overview, history }

    var title: String
    var place: Place
    /// Where the page's changes come from.
    var events: String?
    /// Seconds after which a browser without scripts loads the page again.
    var reload: Int?

    init(title: String, place: Place, events: String? = nil, reload: Int? = nil) {
        self.title = title
        self.place = place
        self.events = events
        self.reload = reload
    }

    func render(_ main: Markup, _ site: Site) -> String {
        let reloading: Markup =
            reload.map { "<noscript><meta http-equiv=\"refresh\" content=\"\($0)\" /></noscript>" } ?? ""
        let source: Markup = events.map { " data-events=\"\($0)\"" } ?? ""
        let page: Markup = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8" />
            <meta name="viewport" content="width=device-width, initial-scale=1" />
            <meta name="color-scheme" content="light dark" />
            <title>\(title): distilld</title>
            <link rel="stylesheet" href="/style.css" />
            <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
            <script src="/page.js" defer="defer"></script>
            \(reloading)
            </head>
            <body\(source)>
            <a class="skip" href="#main">Skip to the content</a>
            <header class="bar"><p class="brand"><a href="/">distilld</a></p>
            <nav aria-label="Pages"><ul><li>\(link("/", "Overview", .overview))</li>\
            <li>\(link("/history", "History", .history))</li></ul></nav>
            <p id="connection" class="connection" role="status"></p></header>
            <main id="main">\(main)</main>
            <footer><p>distilld \(site.version). For programs: <a href="/status.json">status.json</a>, \
            <a href="/metrics">metrics</a>.</p></footer>
            </body>
            </html>

            """
        return page.text
    }

    private func link(_ path: String, _ words: String, _ place: Place) -> Markup {
        let current: Markup = place == self.place ? " aria-current=\"page\"" : ""
        return "<a href=\"\(path)\"\(current)>\(words)</a>"
    }
}
