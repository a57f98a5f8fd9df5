import Compute
import Networks

/// Forward passes in evaluation, from images in memory to logits.
enum InferenceBenchmark {
    static func run(_ settings: BenchmarkSettings, pool: ThreadPool, report: (BenchmarkRow) -> Void) throws {
        for (name, graph) in try BenchmarkModels.graphs(settings) {
            let network = InferenceNetwork(
                graph: graph, parameters: .initialized(for: graph, seed: 1), maximumBatch: settings.batch,
                precision: settings.networkPrecision, pool: pool)
            network.input.fillWithNoise(settings.batch * graph.input.count, stream: 4)
            let peak = PeakBenchmark.gflops(pool, settings.precision)
            let timing = Timing.of(seconds: settings.seconds) { network.forward(count: settings.batch) }
            report(
                BenchmarkRow(
                    "infer", name, settings: settings, timing: timing, batch: settings.batch,
                    operations: 2 * Double(graph.multiplyAccumulates * settings.batch), peak: peak))
        }
    }
}
