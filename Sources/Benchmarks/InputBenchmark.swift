import Compute
import Datasets
import Manifests
import Networks

/// Batches from decoded images (crop, flip, normalisation), and what part of a training step they take.
enum InputBenchmark {
    static func run(_ settings: BenchmarkSettings, pool: ThreadPool, report: (BenchmarkRow) -> Void) throws {
        let batch = settings.batch
        let count = 4096
        for (name, graph) in try BenchmarkModels.graphs(settings) {
            let shape = graph.input
            let pixels = UnsafeMutablePointer<UInt8>.allocate(capacity: count * shape.count)
            defer { pixels.deallocate() }
            for i in 0..<count * shape.count { pixels[i] = UInt8(truncatingIfNeeded: i &* 2_654_435_761 >> 13) }
            let rows = (0..<count).map { UnsafePointer(pixels + $0 * shape.count) }
            let input = FloatBuffer(count: batch * shape.count)
            let augmenter = Augmenter(
                .standard, height: shape.height, width: shape.width, channels: shape.channels,
                mean: [0.49, 0.48, 0.45],
                std: [0.25, 0.24, 0.26], pool: pool)
            var samples = [Int32](repeating: 0, count: batch)
            var number = 0
            let fill = Timing.of(seconds: settings.seconds / 2) {
                for i in 0..<batch { samples[i] = Int32((number &* 7919 + i &* 31) % count) }
                augmenter.fill(input.base, from: rows, samples: samples, count: batch, seed: 1, epoch: number)
                number += 1
            }
            let step = TrainingBenchmark.Step(
                graph, batch: batch, precision: settings.networkPrecision, pool: pool)
            let training = Timing.of(seconds: settings.seconds / 2) { step.run() }
            var row = BenchmarkRow("input", name, settings: settings, timing: fill, batch: batch)
            row.shareOfStep = fill.median / (fill.median + training.median)
            report(row)
        }
    }
}
