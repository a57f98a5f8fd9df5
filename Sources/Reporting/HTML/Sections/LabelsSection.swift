/// Training images whose label may be wrong: teacher and student agree on another.
enum LabelsSection {
    /// As `MistakesSection.pictureBytes`.
    private static let pictureBytes = 1_000_000

    static func make(_ report: JobReport) -> Section? {
        guard let insights = report.insights, !insights.suspectLabels.isEmpty else { return nil }
        let items = MistakesSection.items(
            insights.suspectLabels, pictureBytes: pictureBytes, ClassNames(report))
        let shown = insights.suspectLabels.count
        let more = insights.suspectCount > shown ? "; the \(shown) surest are shown" : ""
        let content: Markup = """
            <p class="note">Of \(Figures.count(insights.labelsChecked, "training image")), \
            \(Figures.count(insights.suspectCount, "image")) \(insights.suspectCount == 1 ? "is" : "are") taken for the \
            same other class by teacher and student, both sure of it although they learned this label\(more). Where the \
            picture does not show what the label says, move the file to the right class and run the job again.</p>
            <ul class="mistakes">\(items)</ul>
            """
        return Section(id: "labels", title: "Labels to look at", content: content)
    }
}
