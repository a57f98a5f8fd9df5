import Benchmarks
import Foundation
import Testing

/// Benchmarks run, say what they measured, and refuse what they cannot measure.
@Suite struct BenchmarkTests {
    private func rows(_ benchmark: Benchmark, _ settings: BenchmarkSettings) throws -> [BenchmarkRow] {
        var rows: [BenchmarkRow] = []
        try benchmark.run(settings) { rows.append($0) }
        return rows
    }

    @Test(arguments: [Benchmark.peak, .conv, .train, .infer]) func aRunGivesFigures(benchmark: Benchmark) throws {
        let rows = try rows(benchmark, BenchmarkSettings(model: "convnet3", batch: 2, threads: 2, seconds: 0.01))
        #expect(!rows.isEmpty)
        for row in rows {
            #expect(row.benchmark == benchmark.rawValue && row.threads == 2)
            #expect(row.milliseconds > 0 && row.gflops ?? 0 > 0)
            #expect(row.bestImagesPerSecond ?? 1 >= row.imagesPerSecond ?? 1)
        }
    }

    @Test(arguments: [Benchmark.peak, .conv, .train, .infer]) func halfPrecision(benchmark: Benchmark) throws {
        let settings = BenchmarkSettings(model: "convnet3", batch: 2, precision: .bf16, threads: 2, seconds: 0.01)
        let rows = try rows(benchmark, settings)
        #expect(!rows.isEmpty && rows.allSatisfy { $0.precision == "bf16" && $0.milliseconds > 0 })
    }

    @Test func rowsAreJSON() throws {
        let settings = BenchmarkSettings(model: "convnet3", batch: 4, threads: 1, seconds: 0.01)
        for row in try rows(.train, settings) + rows(.peak, settings) {
            let text = BenchmarkTable.json(row)
            #expect(!text.contains("\n"))
            #expect(try JSONDecoder().decode(BenchmarkRow.self, from: Data(text.utf8)) == row)
        }
    }

    @Test func figuresAgree() throws {
        let settings = BenchmarkSettings(model: "convnet3", batch: 4, threads: 1, seconds: 0.01)
        for row in try rows(.infer, settings) {
            let rate = try #require(row.imagesPerSecond)
            #expect(abs(rate * row.milliseconds / 1e3 - 4) < 1e-9)
        }
    }

    @Test func impossibleSettingsAreRefused() {
        #expect(throws: BenchmarkError.batch(0)) { try rows(.train, BenchmarkSettings(batch: 0, threads: 1)) }
        #expect(throws: BenchmarkError.threads(0)) { try rows(.train, BenchmarkSettings(threads: 0)) }
        #expect(throws: BenchmarkError.precision(.int8, .train)) {
            try rows(.train, BenchmarkSettings(precision: .int8, threads: 1))
        }
    }
}
