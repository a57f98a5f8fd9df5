import Foundation
import Manifests
import Reporting
import Testing

struct PageTests {
    /// What can load, run or send something.
    private static let dangerous: Set<String> = [
        "script", "iframe", "object", "embed", "link", "base", "form", "input", "video", "audio", "source", "frame",
        "use", "image", "foreignObject", "animate", "set",
    ]

    private func check(_ text: String) throws {
        let page = try XMLPage(text)
        for element in page.elements {
            #expect(!Self.dangerous.contains(element.name))
            #expect(!element.attributes.keys.contains { $0.lowercased().hasPrefix("on") })
        }
        for source in page.all("src") {
            #expect(source.hasPrefix("data:image/png;base64,") || source.hasPrefix("data:image/jpeg;base64,"))
        }
        let identifiers = page.all("id")
        #expect(Set(identifiers).count == identifiers.count)
        for link in page.all("href") {
            if link.hasPrefix("#") {
                #expect(identifiers.contains(String(link.dropFirst())), "\(link) leads nowhere")
            } else {
                #expect(!link.contains(":") && !link.hasPrefix("//"), "\(link)")
            }
        }
        for names in page.all("aria-labelledby") {
            for name in names.split(separator: " ") { #expect(identifiers.contains(String(name))) }
        }
        for image in page.elements where image.name == "img" { #expect(image.attributes["alt"]?.isEmpty == false) }
        #expect(!page.styles.contains("url(") && !page.styles.contains("@import") && !page.styles.contains("http"))
        let policy = page.elements.first { $0.attributes["http-equiv"] == "Content-Security-Policy" }
        #expect(policy?.attributes["content"] == Page.contentSecurityPolicy)
        #expect(!page.text.contains("nan") && !page.text.contains("inf%"))
        #expect(text.utf8.count < 5_000_000)
    }

    @Test(arguments: SampleReport.all)
    func reportIsWellFormedAndLoadsNothing(name: String, report: JobReport) throws {
        try check(HTMLReport.render(report))
    }

    @Test func trialsAndStudentsAreShown() throws {
        let page = try XMLPage(HTMLReport.render(SampleReport.tuned))
        let said = [
            "Trial 7 of 12 is kept", "cost as much as 4.4 trainings", "The budget ended it early.", "diverged",
            "1, the job's own", "52%", "students/resnet8-w0.5", "size and time",
        ]
        for text in said { #expect(page.text.contains(text), "\(text)") }
        for id in ["parallel-t", "front-size-t", "front-time-t"] { #expect(page.all("id").contains(id)) }
        // A line a trial.
        #expect(
            page.elements.filter {
                $0.name == "polyline" && $0.attributes["points"]?.split(separator: " ").count ?? 0 >= 7
            }.count >= 12)
        #expect(!(try XMLPage(HTMLReport.render(SampleReport().make())).all("id").contains("tuning")))
    }

    @Test func teachersAndTheirTeachingAreShown() throws {
        let page = try XMLPage(HTMLReport.render(SampleReport.ofSeveralTeachers))
        let said = [
            "1. resnet20", "Weak in cat, dog.",
            "Left out: it is right about 10% of the evaluation split, less than the student without it (76.5%).",
        ]
        for text in said { #expect(page.text.contains(text), "\(text)") }
        let charts = ["alpha", "temperature", "trust", "errors", "soft", "features"].map { "t-\($0)-t" }
        #expect(charts.allSatisfy { page.all("id").contains($0) })
        let alone = try XMLPage(HTMLReport.render(SampleReport.withoutTeachers))
        #expect(alone.text.contains("Nobody taught") && !alone.all("id").contains("t-alpha-t"))
        #expect(!(try XMLPage(HTMLReport.render(SampleReport().make())).all("id").contains("teachers")))
    }

    @Test func everythingImportantIsSaid() throws {
        let report = SampleReport().make()
        let page = try XMLPage(HTMLReport.render(report))
        let said = [
            report.verdict.sentence, report.warnings[0], "78,042", "272,474", "0.517 ms", "314 kB", "AMD EPYC 7763",
            report.data.contentHash, report.data.leftOut[0].path, report.data.leftOut[0].reason,
            report.data.findings[0].message, report.data.findings[0].examples[0], report.mistakes[0].path,
            "[0.4914, 0.4822, 0.4465]", "distilld predict", report.manifest.split(separator: "\n")[4].description,
            "student.safetensors",
        ]
        for text in said { #expect(page.text.contains(text), "\(text) is missing") }
        let insights = try #require(report.insights)
        for row in insights.robustness { #expect(page.text.contains(row.meaning)) }
        #expect(page.text.contains(insights.suspectLabels[0].path))
        #expect(page.text.contains("off by \(Figures.points(insights.calibration[0].calibration.expectedError))"))
        let pairs = ConfusedPair.worst(report.models.student.confusion, limit: 8)
        let ofPairs = pairs.map { pair in
            min(3, report.mistakes.count { $0.label == pair.label && $0.predicted == pair.predicted })
        }
        let pictures = report.mistakes.count + insights.suspectLabels.count + ofPairs.reduce(0, +)
        #expect(ofPairs.contains { $0 > 0 }, "a confused pair has pictures")
        #expect(page.elements.count { $0.name == "img" } == pictures)
        #expect(
            page.text.contains("+3.7") || page.text.contains("+\(Figures.fixed((report.verdict.gain ?? 0) * 100, 1))"))
    }

    @Test func theLastJobIsComparedWith() throws {
        let report = SampleReport.withEverything
        let previous = try #require(report.previous)
        let page = try XMLPage(HTMLReport.render(report))
        for text in [
            "Since the last job on this data", previous.jobID, "which is more than chance", "student.model", "convnet3",
            "14.4 Wh", "11.1 Wh", "60 W on average",
        ] { #expect(page.text.contains(text), "\(text)") }
        let samples = page.elements.filter { $0.attributes["alt"]?.hasPrefix("Training image, ") == true }
        #expect(samples.count == 20)
        let views = page.elements.filter { $0.attributes["alt"]?.hasPrefix("Where the ") == true }
        #expect(views.count == 2 * report.mistakes.count - 1)
        // Nothing is said of jobs on other data.
        var other = report
        other.data.contentHash = "0"
        #expect(PreviousJob(other, comparedWith: SampleReport().make()) == nil)
        other.jobID = "other"
        #expect(PreviousJob(other, comparedWith: SampleReport().make()) == nil)
        // Decoded to another size, its content has another hash.
        other.data.input.width = 16
        #expect(PreviousJob(other, comparedWith: SampleReport().make()) != nil)
    }

    @Test func textOfHarmIsShownAsText() throws {
        let page = try XMLPage(HTMLReport.render(SampleReport.hostile))
        #expect(page.text.contains("<script>alert(1)</script>"))
        #expect(page.text.contains("a & b 'c' \"d\""))
        #expect(!page.text.contains("\u{202E}"))
        #expect(page.elements.count { $0.name == "img" } == 0)
        #expect(page.all("href").contains("./javascript%3Aalert%281%29"))
    }

    @Test func figuresOfTheEvaluationSplitAreNotCalledTestFigures() throws {
        var report = SampleReport().make()
        #expect(
            try XMLPage(HTMLReport.render(report)).text.contains("Measured on the 1,000 test images, which no network"))
        report.data.splits[2].perClass = report.data.classes.map { _ in 0 }
        let text = try XMLPage(HTMLReport.render(report)).text
        #expect(text.contains("Measured on the 1,000 images of the evaluation split"))
        #expect(!text.contains("which no network was trained or chosen on"))
    }

    @Test func sectionsWithoutContentAreLeftOut() throws {
        func anchors(_ report: JobReport) throws -> [String] { try XMLPage(HTMLReport.render(report)).all("id") }
        #expect(try !anchors(SampleReport.withoutEpochs).contains("curves"))
        #expect(try !anchors(SampleReport(classes: ["only"]).make()).contains("confusion"))
        #expect(try !anchors(SampleReport(testPerClass: 0, mistakes: 0).make()).contains("mistakes"))
        #expect(try anchors(SampleReport().make()).contains("mistakes"))
    }

    @Test func picturesStopWhereThePageWouldGrowTooLarge() throws {
        var report = SampleReport().make()
        let large = "data:image/png;base64," + String(repeating: "A", count: 1_000_000)
        for i in report.mistakes.indices { report.mistakes[i].image = large }
        report.insights?.suspectLabels = report.mistakes
        let text = HTMLReport.render(report)
        #expect(text.utf8.count < 5_000_000)
        #expect(try XMLPage(text).elements.count { $0.name == "img" } == 2)
    }

    @Test func aLargeTestSplitOfAThousandClassesStaysSmall() {
        // Every pair of classes is confused: the matrix has no empty cell.
        let confusion = (0..<1000).map { label in (0..<1000).map { $0 == label ? 500 : ($0 + label) % 7 + 1 } }
        let drawing = MatrixDrawing(confusion: confusion)
        #expect(drawing.group == 5)
        #expect(drawing.render(description: "").text.utf8.count < 1_000_000)
    }

    @Test func failurePages() throws {
        for name in Hostile.names {
            let failure = JobFailure(code: name, what: name, location: name, fix: name, details: Hostile.names)
            let record = FailureReport.Record(failure, jobID: name, jobName: name)
            try check(FailurePage.render(record, log: Hostile.names.joined(separator: "\n")))
            try check(FailurePage.render(record, log: nil))
        }
    }

    @Test func failurePageEndsWithTheEndOfTheLog() throws {
        let failure = JobFailure(code: "x", what: "It broke", fix: "mend it")
        let log = (1...500).map { "line \($0)" }.joined(separator: "\n") + "\n"
        let page = try XMLPage(FailurePage.render(.init(failure, jobID: "a", jobName: "b"), log: log))
        #expect(page.text.contains("line 301\n") && page.text.contains("line 500") && !page.text.contains("line 300\n"))
        #expect(page.text.contains("It broke.") && page.text.contains("Mend it."))
    }

    @Test func failureFiles() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("reporting-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let failure = JobFailure(code: "x.y", what: "w", location: "l", fix: "f", details: ["d"])
        try FailureReport.write(failure, jobID: "id", jobName: "name", log: nil, to: folder.path)
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        let record = try decoder.decode(
            FailureReport.Record.self, from: Data(contentsOf: folder.appendingPathComponent("error.json")))
        #expect(record.code == "x.y" && record.fix == "f" && record.details == ["d"] && record.jobID == "id")
        try check(String(contentsOf: folder.appendingPathComponent("report.html"), encoding: .utf8))
    }
}
