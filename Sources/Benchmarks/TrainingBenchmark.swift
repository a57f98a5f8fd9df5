import Compute
import Distillation
import Manifests
import Networks

/// A step of distillation without augmentation and without the teacher's own work: forward in training mode, loss
/// against given teacher logits (temperature 4, alpha 0.9), backward, SGD with momentum and weight decay.
enum TrainingBenchmark {
    static func run(_ settings: BenchmarkSettings, pool: ThreadPool, report: (BenchmarkRow) -> Void) throws {
        for (name, graph) in try BenchmarkModels.graphs(settings) {
            let step = Step(graph, batch: settings.batch, precision: settings.networkPrecision, pool: pool)
            let peak = PeakBenchmark.gflops(pool, settings.precision)
            let timing = Timing.of(seconds: settings.seconds) { step.run() }
            report(
                BenchmarkRow(
                    "train", name, settings: settings, timing: timing, batch: settings.batch,
                    operations: graph.trainingOperations * Double(settings.batch), peak: peak))
        }
    }

    final class Step {
        private let network: TrainingNetwork
        private let optimiser: SGD
        private let loss: DistillationLoss
        private let teacher, targets: FloatBuffer
        private let batch, classes: Int
        private let pool: ThreadPool
        private var number = 0

        init(_ graph: Graph, batch: Int, precision: Precision = .fp32, pool: ThreadPool) {
            self.batch = batch
            self.pool = pool
            classes = graph.classes
            network = TrainingNetwork(
                graph: graph, parameters: .initialized(for: graph, seed: 1), maximumBatch: batch, precision: precision,
                pool: pool)
            optimiser = SGD(graph, weightDecay: 5e-4)
            loss = DistillationLoss(DistillationSpec(method: .kd), maximumBatch: batch, classes: classes)
            teacher = .noise(batch * classes, stream: 3)
            targets = FloatBuffer(count: batch * classes)
            for i in 0..<batch { targets.base[i * classes + i % classes] = 1 }
            network.input.fillWithNoise(batch * graph.input.count, stream: 4)
        }

        /// Returns the loss.
        @discardableResult func run() -> Double {
            network.forward(count: batch, seed: 1, step: number)
            let result = loss.evaluate(
                network.logits, teacher: teacher.base, targets: targets.base, dLogits: network.dLogits, count: batch,
                alpha: 0.9, temperature: 4
            ).batch
            network.backward(count: batch)
            optimiser.step(network.parameters, network.gradients, rate: 0.01, momentum: 0.9, scale: 1, pool: pool)
            number += 1
            return result.loss
        }
    }
}

extension Graph {
    /// Operations of one image's products in a training step: forward, by the weights, and by the input where it is
    /// not the network's own.
    var trainingOperations: Double {
        let first = nodes.first {
            switch $0.operation {
            case .convolution, .linear: true
            default: false
            }
        }
        return 6 * Double(multiplyAccumulates) - 2 * (first.map { Double(multiplyAccumulates(of: $0)) } ?? 0)
    }
}
