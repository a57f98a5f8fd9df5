import Foundation

/// `report.html`: one file that says what a job came to, what to do about it, and what it rests on.
///
/// Under 5 MB whatever the job: pictures stop at `MistakesSection.pictureBytes`, long tables are cut or folded, and a
/// confusion matrix of many classes is drawn in groups.
public enum HTMLReport {
    public static func render(_ report: JobReport) -> String {
        let classes = ClassComparison.sorted(report)
        let sections: [Section?] = [
            AdviceSection.make(report),
            ComparisonSection.make(report),
            PreviousSection.make(report),
            FormsSection.make(report),
            CurvesSection.make(report),
            TeachersSection.make(report),
            TuningSection.make(report),
            ClassesSection.make(report, classes),
            ConfusionSection.make(report),
            MistakesSection.make(report),
            CalibrationSection.make(report),
            RobustnessSection.make(report),
            LabelsSection.make(report),
            DataSection.make(report),
            UseSection.make(report),
            FilesSection.make(report),
            RunSection.make(report),
        ]
        let shown = sections.compactMap(\.self)
        let main = shown.map { Markup.section($0.id, $0.title, $0.content) }
        let footer: Markup = """
            <p>Made by distilld \(report.version). The figures of this page for programs: \
            <a href="report.json">report.json</a>.</p>
            """
        return Page.render(
            title: "\(report.name): distilld report", header: HeaderSection.make(report, sections: shown),
            main: main.reduce(into: "") { $0 += $1 }, footer: footer)
    }
}

extension HTMLReport {
    /// The report's pictures of mistakes, for other pages.
    package static func mistakeGallery(_ report: JobReport, limit: Int) -> Markup {
        let items = MistakesSection.items(
            Array(report.mistakes.prefix(limit)), pictureBytes: MistakesSection.pictureBytes, ClassNames(report))
        return "<ul class=\"mistakes\">\(items)</ul>"
    }
}

/// A part of a page.
struct Section {
    /// Its anchor.
    let id: String
    let title: String
    let content: Markup
}
