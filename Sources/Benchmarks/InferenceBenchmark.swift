import Compression
import Compute
import Networks

/// Forward passes in evaluation, from images in memory to logits.
enum InferenceBenchmark {
    static func run(_ settings: BenchmarkSettings, pool: ThreadPool, report: (BenchmarkRow) -> Void) throws {
        for (name, graph) in try BenchmarkModels.graphs(settings) {
            let peak = PeakBenchmark.gflops(pool, settings.precision)
            let timing =
                settings.precision == .int8
                ? integers(graph, settings, pool: pool) : floats(graph, settings, pool: pool)
            report(
                BenchmarkRow(
                    "infer", name, settings: settings, timing: timing, batch: settings.batch,
                    operations: 2 * Double(graph.multiplyAccumulates * settings.batch), peak: peak))
        }
    }

    private static func floats(_ graph: Graph, _ settings: BenchmarkSettings, pool: ThreadPool) -> Timing {
        let network = InferenceNetwork(
            graph: graph, parameters: .initialized(for: graph, seed: 1), maximumBatch: settings.batch,
            precision: settings.networkPrecision, pool: pool)
        network.input.fillWithNoise(settings.batch * graph.input.count, stream: 4)
        return Timing.of(seconds: settings.seconds) { network.forward(count: settings.batch) }
    }

    /// From floats to floats: quantizing the input is part of it.
    private static func integers(_ graph: Graph, _ settings: BenchmarkSettings, pool: ThreadPool) -> Timing {
        let noise = SampleImages(count: 8, labels: []) { range, target in
            target.fillWithNoise(range.count * graph.input.count, stream: 4)
        }
        let quantizer = Quantizer(
            graph: graph, parameters: .initialized(for: graph, seed: 1), calibrating: noise, pool: pool)
        let network = IntegerNetwork(quantizer.quantized(.minMax), maximumBatch: settings.batch, pool: pool)
        network.input.fillWithNoise(settings.batch * graph.input.count, stream: 4)
        return Timing.of(seconds: settings.seconds) { network.forward(count: settings.batch) }
    }
}
