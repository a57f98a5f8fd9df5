import Reporting
import Testing
import Yams

struct ModelCardTests {
    private func frontMatter(_ card: String) throws -> [String: Any] {
        let parts = card.components(separatedBy: "---\n")
        #expect(parts.first?.isEmpty == true)
        return try #require(try Yams.load(yaml: parts[1]) as? [String: Any])
    }

    @Test func frontMatterHoldsTheFigures() throws {
        let report = SampleReport().make()
        let matter = try frontMatter(ModelCard.render(report))
        #expect(matter["pipeline_tag"] as? String == "image-classification")
        let model = try #require((matter["model-index"] as? [[String: Any]])?.first)
        #expect(model["name"] as? String == "cifar-tiny")
        let result = try #require((model["results"] as? [[String: Any]])?.first)
        #expect((result["dataset"] as? [String: Any])?["name"] as? String == "cifar-tiny.zip")
        let metric = try #require((result["metrics"] as? [[String: Any]])?.first)
        #expect(metric["value"] as? Double == report.models.student.testAccuracy)
    }

    @Test func frontMatterSurvivesHostileNames() throws {
        for name in Hostile.names {
            var report = SampleReport().make()
            report.name = name
            report.data.dataset = name
            let matter = try frontMatter(ModelCard.render(report))
            let model = try #require((matter["model-index"] as? [[String: Any]])?.first)
            #expect(model["name"] as? String == name)
        }
    }

    @Test func pathsOfThisMachineStayHere() {
        var report = SampleReport().make()
        report.data.dataset = "/srv/secret/cifar-tiny.zip"
        report.models.teacher.model = "/srv/secret/teacher.onnx"
        let card = ModelCard.render(report)
        #expect(!card.contains("secret") && card.contains("distilled from a `teacher.onnx`"))
        #expect(card.contains("name: \"cifar-tiny.zip\"") && card.contains("| teacher (teacher.onnx) |"))
    }

    @Test func textIsEscaped() {
        #expect(Markdown.text("a|b *c* <script>\n# d") == "a\\|b \\*c\\* &lt;script&gt; \\# d")
        #expect(Markdown.code("job-1.b") == "`job-1.b`" && Markdown.code("`<b>") == "\\`&lt;b&gt;")
        let card = ModelCard.render(SampleReport.hostile).components(separatedBy: "---\n").dropFirst(2).joined()
        #expect(!card.contains("<script>") && !card.contains("<img") && !card.contains("[link]"))
    }

    @Test func saysWhatACardMust() {
        let report = SampleReport().make()
        let card = ModelCard.render(report)
        for heading in ["# cifar-tiny", "## Figures", "## Data", "## Limits", "## Advice", "## Use", "## Origin"] {
            #expect(card.contains("\n\(heading)\n"))
        }
        #expect(card.contains(report.verdict.sentence) && card.contains(report.jobID))
        #expect(card.contains("| student (resnet8) | 78.5% |"))
        #expect(card.contains("MEAN = np.array([0.4914, 0.4822, 0.4465], dtype=np.float32)"))
    }
}
