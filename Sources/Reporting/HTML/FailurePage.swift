/// The page of a failed job: what happened, where, what to do; then details and the end of the log.
package enum FailurePage {
    /// Lines of the log that are shown.
    static let logLines = 200
    /// Characters of a line that are shown.
    static let lineLength = 2000

    package static func render(_ failure: FailureReport.Record, log: String?) -> String {
        let header: Markup = """
            <p class="eyebrow"><span>distilld</span> <span>\(Figures.date(failure.time))</span> \
            <span>\(failure.jobID)</span></p>
            <h1>\(failure.name)</h1>
            <p class="badge bad">&#10007; This job failed</p>
            <p class="verdict">\(sentence(failure.what))</p>
            """
        var main: Markup = """
            <section aria-labelledby="todo">
            <h2 id="todo">What to do</h2>
            <p>\(capitalized(sentence(failure.fix)))</p>
            <dl class="facts">
            """
        if let location = failure.location { main += "<dt>Where</dt><dd><code>\(location)</code></dd>" }
        main += "<dt>Code</dt><dd><code>\(failure.code)</code></dd></dl></section>"
        if !failure.details.isEmpty {
            main += """
                <section aria-labelledby="details">
                <h2 id="details">Details</h2>
                <ul>\(failure.details.map { "<li>\($0)</li>" as Markup })</ul>
                </section>
                """
        }
        if let log, !log.isEmpty { main += logSection(log) }
        let footer: Markup = """
            <p>The input is kept. The same failure for programs: <a href="error.json">error.json</a>.</p>
            """
        return Page.render(title: "Failed: \(failure.name)", header: header, main: main, footer: footer)
    }

    private static func logSection(_ log: String) -> Markup {
        var lines = log.split(separator: "\n", omittingEmptySubsequences: false)
        while lines.last?.isEmpty == true { lines.removeLast() }
        let shown = lines.suffix(logLines).map { $0.prefix(lineLength) }.joined(separator: "\n")
        let title = lines.count > logLines ? "The last \(logLines) lines of the log" : "The log"
        return """
            <section aria-labelledby="log">
            <h2 id="log">\(title)</h2>
            <pre class="wrap" tabindex="0">\(shown)</pre>
            </section>
            """
    }

    /// With a capital where it begins with a plain word: not with a path or a key, which must stay as they are.
    private static func capitalized(_ text: String) -> String {
        let word = text.prefix { !$0.isWhitespace }
        guard word.count < text.count, word.allSatisfy({ $0.isASCII && $0.isLowercase }) else { return text }
        return text.prefix(1).uppercased() + text.dropFirst()
    }

    /// With a full stop, for text that came without one.
    private static func sentence(_ text: String) -> String {
        guard let last = text.last, !".!?:".contains(last) else { return text }
        return text + "."
    }
}
