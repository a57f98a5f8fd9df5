import Foundation
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
