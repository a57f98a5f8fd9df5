import Testing

@testable import Reporting

/// Which file to ship.
@Suite struct FormAdviceTests {
    private func advice(
        full: Double? = 0.86, small: Double? = 0.857, bytes: Int = 100_000, milliseconds: Double = 0.4,
        problem: String? = nil
    ) -> FormAdvice? {
        var report = SampleReport().make()
        report.forms = [
            FormResult(
                file: "student.onnx", precision: .fp32, bytes: 360_000, accuracy: full, agreement: 1,
                latencyMilliseconds: 0.8, memoryBytes: 1, check: ""),
            FormResult(
                file: "student.int8.onnx", precision: .int8, bytes: bytes, accuracy: small, agreement: 0.99,
                latencyMilliseconds: milliseconds, memoryBytes: 1, check: "", problem: problem),
        ]
        return FormAdvice(report)
    }

    @Test func theSmallOneWhereItCostsLittle() {
        #expect(
            advice()?.sentence
                == "Ship student.int8.onnx: 0.3 points lower than single precision, 3.6x smaller, 2.0x faster.")
        #expect(
            advice(small: 0.86, milliseconds: 0.79)?.sentence
                == "Ship student.int8.onnx: as accurate as single precision, 3.6x smaller.")
        #expect(advice(small: 0.87)?.sentence.contains("1.0 point higher than single precision") == true)
    }

    @Test func theLargeOneWhereItCostsMuch() {
        #expect(advice(small: 0.83)?.file == "student.onnx")
        #expect(advice(small: 0.83)?.sentence.contains("loses 3.0 points") == true)
        #expect(advice(bytes: 400_000)?.file == "student.onnx")
    }

    @Test func nothingWhereThereIsNoChoice() {
        #expect(advice(small: nil) == nil)
        #expect(advice(problem: "differs") == nil)
        #expect(FormAdvice(SampleReport().make()) == nil)
    }

    @Test func itStandsAtTheTopOfThePage() throws {
        var report = SampleReport().make()
        report.forms = [
            FormResult(
                file: "student.onnx", precision: .fp32, bytes: 360_000, accuracy: 0.86, memoryBytes: 1, check: ""),
            FormResult(
                file: "student.int8.onnx", precision: .int8, bytes: 100_000, accuracy: 0.857, memoryBytes: 1, check: ""),
        ]
        let page = HTMLReport.render(report)
        _ = try XMLPage(page)
        let advice = try #require(page.firstRange(of: "Ship student.int8.onnx: 0.3 points lower"))
        let first = try #require(page.firstRange(of: "<section"))
        #expect(advice.lowerBound < first.lowerBound)
    }
}
