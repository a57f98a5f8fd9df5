/// What the networks were trained and tested on, and what is odd about it.
enum DataSection {
    private static let classLimit = 30
    private static let leftOutLimit = 50

    static func make(_ report: JobReport) -> Section {
        let data = report.data
        let content: Markup = """
            <dl class="facts">
            <dt>Dataset</dt><dd>\(Markup.path(data.dataset))</dd>
            <dt>Images</dt><dd>\(images(data))</dd>
            <dt>Networks see</dt><dd>\(Preparation(data.input).sentence)</dd>
            <dt>Content</dt><dd><code>\(data.contentHash)</code></dd>
            </dl>
            \(notes(data.notes))
            \(samples(data.samples ?? []))
            \(findings(data.findings))
            \(leftOut(data))
            \(counts(data))
            """
        return Section(id: "data", title: "The data", content: content)
    }

    private static func images(_ data: DataSummary) -> String {
        var parts = data.splits.map { "\(Figures.whole($0.images)) \(title($0.name).lowercased())" }
        if let unlabelled = data.unlabelled { parts.append("\(Figures.whole(unlabelled)) training without a label") }
        let total = data.splits.reduce(data.unlabelled ?? 0) { $0 + $1.images }
        return "\(Figures.whole(total)) in \(Figures.count(data.classes.count, "class", plural: "classes"))"
            + (parts.isEmpty ? "" : ": ") + parts.joined(separator: ", ")
    }

    private static func title(_ split: SplitSummary.Name) -> String {
        switch split {
        case .train: "Training"
        case .evaluation: "Evaluation"
        case .test: "Test"
        }
    }

    private static func samples(_ samples: [DataSample]) -> Markup {
        samples.isEmpty ? "" : "<h3>What the networks see</h3>\n\(SampleGallery.make(samples))"
    }

    private static func notes(_ notes: [String]) -> Markup {
        notes.isEmpty ? "" : "<ul>\(notes.map { "<li>\($0)</li>" as Markup })</ul>"
    }

    private static func findings(_ findings: [DataFinding]) -> Markup {
        guard !findings.isEmpty else { return "<h3>What is odd about it</h3>\n<p>Nothing was found.</p>" }
        let items = findings.map { finding -> Markup in
            let examples = finding.examples.prefix(20).map { "<li>\(Markup.path($0))</li>" as Markup }
            let list: Markup =
                examples.isEmpty
                ? ""
                : """
                <details><summary>\(Figures.count(examples.count, "example"))</summary>\
                <ul class="paths">\(examples)</ul></details>
                """
            return "<li><p>\(finding.message) <code class=\"plain\">\(finding.kind)</code></p>\(list)</li>\n"
        }
        return "<h3>What is odd about it</h3>\n<ul class=\"findings\">\(items)</ul>"
    }

    private static func leftOut(_ data: DataSummary) -> Markup {
        guard data.leftOutCount > 0 else { return "" }
        let rows = data.leftOut.map { file -> Markup in
            "<tr><td class=\"path\">\(Markup.path(file.path))</td><td class=\"text\">\(file.reason)</td></tr>\n"
        }
        let first = table(Array(rows.prefix(leftOutLimit)))
        let rest: Markup =
            rows.count > leftOutLimit
            ? """
            <details><summary>The next \(Figures.whole(rows.count - leftOutLimit))</summary>\
            \(table(Array(rows.dropFirst(leftOutLimit))))</details>
            """ : ""
        let unnamed: Markup =
            data.leftOutCount > rows.count
            ? "<p class=\"note\">\(Figures.whole(data.leftOutCount - rows.count)) more are not listed.</p>" : ""
        return """
            <h3>Left out: \(Figures.count(data.leftOutCount, "file"))</h3>
            <p class="note">These could not be used; the job went on without them. Repair or remove them.</p>
            \(first)\(rest)\(unnamed)
            """
    }

    private static func table(_ rows: [Markup]) -> Markup {
        """
        <div class="scroll" tabindex="0"><table class="wide">
        <thead><tr><th scope="col">File</th><th scope="col" class="text">Reason</th></tr></thead>
        <tbody>\(rows)</tbody></table></div>
        """
    }

    private static func counts(_ data: DataSummary) -> Markup {
        guard !data.splits.isEmpty, !data.classes.isEmpty else { return "" }
        let heads = data.splits.map { "<th scope=\"col\">\(title($0.name))</th>" as Markup }
        let sums = data.splits.map { "<td>\(Figures.whole($0.images))</td>" as Markup }
        let rows = data.classes.enumerated().map { index, name -> Markup in
            let cells = data.splits.map { split -> Markup in
                "<td>\(Figures.whole(split.perClass.indices.contains(index) ? split.perClass[index] : 0))</td>"
            }
            return "<tr><th scope=\"row\" class=\"text\">\(Markup.name(name))</th>\(cells)</tr>\n"
        }
        let table: Markup = """
            <div class="scroll" tabindex="0"><table>
            <thead><tr><th scope="col">Class</th>\(heads)</tr></thead>
            <tbody>\(rows)</tbody>
            <tfoot><tr><th scope="row" class="text">All</th>\(sums)</tr></tfoot>
            </table></div>
            """
        guard data.classes.count > classLimit else { return "<h3>Images by class and split</h3>\n\(table)" }
        return """
            <h3>Images by class and split</h3>
            <details><summary>All \(Figures.count(data.classes.count, "class", plural: "classes"))</summary>\(table)</details>
            """
    }
}
