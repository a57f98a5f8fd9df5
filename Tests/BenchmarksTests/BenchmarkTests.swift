import Compute
import Foundation
import Testing

@testable import Benchmarks

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

    @Test func aTrainingStepLearns() throws {
        let pool = ThreadPool(threads: 2)
        let graph = try BenchmarkModels.graphs(BenchmarkSettings(model: "convnet3", threads: 2))[0].1
        let step = TrainingBenchmark.Step(graph, batch: 16, pool: pool)
        let first = step.run()
        for _ in 0..<60 { step.run() }
        #expect(step.run() < first)
    }

    @Test func rowsAreJSON() throws {
        let settings = BenchmarkSettings(threads: 2)
        let row = BenchmarkRow(
            "train", "resnet8", settings: settings, timing: Timing(median: 0.5, best: 0.25), batch: 128,
            operations: 1e9, peak: 8)
        let read = try JSONDecoder().decode(BenchmarkRow.self, from: Data(BenchmarkTable.json(row).utf8))
        #expect(read == row)
        #expect(read.imagesPerSecond == 256 && read.bestImagesPerSecond == 512)
        #expect(read.gflops == 4 && read.shareOfPeak == 0.5)
    }

    @Test func impossibleSettingsAreRefused() {
        #expect(throws: BenchmarkError.batch(0)) { try rows(.train, BenchmarkSettings(batch: 0, threads: 1)) }
        #expect(throws: BenchmarkError.threads(0)) { try rows(.train, BenchmarkSettings(threads: 0)) }
        #expect(throws: BenchmarkError.precision(.int8, .train)) {
            try rows(.train, BenchmarkSettings(precision: .int8, threads: 1))
        }
    }
}
