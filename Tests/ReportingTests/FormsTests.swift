import Foundation
import Manifests
import Reporting
import Testing

/// The student's files in the report's pages.
@Suite struct FormsTests {
    private func report() -> JobReport {
        var report = SampleReport().make()
        report.forms = [
            FormResult(
                file: "student.int8.onnx", precision: .int8, bytes: 101_575, accuracy: 0.798, agreement: 0.9912,
                latencyMilliseconds: 0.412, memoryBytes: 49_152, check: "Ranges by mse."),
            FormResult(
                file: "student.h", precision: .int8, bytes: 0, memoryBytes: 49_152, check: "",
                problem: "<b> is no declaration"),
        ]
        return report
    }

    @Test func aRowEach() throws {
        let page = HTMLReport.render(report())
        _ = try XMLPage(page)
        for text in ["79.8%", "99.12%", "102 kB", "0.412 ms", "49.2 kB", "Ranges by mse."] {
            #expect(page.contains(text), "\(text)")
        }
        #expect(page.contains("Not published: &lt;b&gt; is no declaration"))
    }

    /// What was done, with both figures, and which was kept.
    @Test func theWayToIntegersIsSaid() throws {
        var report = self.report()
        report.quantization = QuantizationResult(
            images: 2000, split: "evaluation", singleAccuracy: 0.85, roundedAccuracy: 0.82, calibration: "mse",
            trainedAccuracy: 0.846, epochs: 6, maxDrop: 0.5)
        let page = HTMLReport.render(report)
        _ = try XMLPage(page)
        for text in [
            "85.00% in single", "82.00% with", "ranges by mse", "84.60% trained on for 6 epochs", "The trained",
        ] {
            #expect(page.contains(text) && ModelCard.render(report).contains(text), "\(text)")
        }
        var result = try #require(report.quantization)
        #expect(result.losesTooMuch && result.keepsTrained && !result.isStillTooFar)
        result.trainedAccuracy = 0.81
        #expect(!result.keepsTrained && result.isStillTooFar && result.sentence.contains("The rounded integers"))
        result.roundedAccuracy = 0.846
        #expect(!result.losesTooMuch && !result.isStillTooFar)
    }

    /// Beside the same task of MLPerf Tiny, and not beside others.
    @Test func aReferenceForTheSameTask() {
        var report = self.report()
        report.data.input.width = 32
        report.data.input.height = 32
        report.job.student = NetworkSpec(model: "resnet8", epochs: 3)
        #expect(
            HTMLReport.render(report).contains(
                "<p class=\"note\">For comparison: the reference ResNet that MLPerf Tiny"))
        report.job.student.model = "convnet3"
        #expect(!HTMLReport.render(report).contains("MLPerf Tiny"))
    }

    @Test func theCardNamesPublishedOnes() {
        let card = ModelCard.render(report())
        #expect(card.contains("| student.int8.onnx | int8 | 79.8% | 99.12% |"))
        #expect(!card.contains("| student.h |"))
    }

    /// Those of before this was looked at.
    @Test func reportsWithoutAreRead() throws {
        let old = SampleReport().make()
        #expect(try JobReport(encoded: old.encoded()).forms == nil)
        #expect(try JobReport(encoded: report().encoded()) == report())
        #expect(!HTMLReport.render(old).contains("The student on the device"))
    }
}
