/// What to do next, most important first.
enum AdviceSection {
    static func make(_ report: JobReport) -> Section {
        let items = Advice.all(report).map { advice -> Markup in
            "<li><p class=\"order\">\(advice.title)</p><p>\(advice.reason)</p></li>"
        }
        return Section(id: "todo", title: "What to do", content: "<ol class=\"advice\">\(items)</ol>")
    }
}
