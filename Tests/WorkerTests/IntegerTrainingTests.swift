import Compression
import Compute
import Distillation
import Foundation
import Manifests
import Networks
import Testing

@testable import Worker

/// Training with values and weights rounded, on a task that can be learned.
@Suite struct IntegerTrainingTests {
    /// Which quarter of the image is a little brighter, in noise.
    private static func images(_ count: Int, seed: UInt64) -> ImageSet {
        var random = CounterRandom(seed: seed, stream: 40)
        let labels = (0..<count).map { Int32($0 % 4) }
        let pixels = labels.flatMap { label in
            (0..<64).map { i -> UInt8 in
                let quarter = i / 32 * 2 + i % 8 / 4
                return UInt8(60 + random.index(below: 110) + (quarter == label ? 45 : 0))
            }
        }
        return ImageSet(labels: labels, pixels: pixels)
    }

    /// Where ranges are far too wide, so that few steps are left for what matters, rounding ruins the network, and
    /// training with the same ranges wins much of it back.
    @Test func trainingWinsBackWhatRoundingLoses() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("integers-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try CheckpointStore(directory: folder.path)
        let data = TrainingData(
            height: 8, width: 8, channels: 1, classes: 4, mean: [0.5], std: [0.25], train: Self.images(512, seed: 1),
            evaluation: Self.images(256, seed: 2), contentHash: "quarters")
        let pool = ThreadPool(threads: 2)
        let graph = try Presets.make(
            "convnet3", width: 0.5, input: Graph.Shape(height: 8, width: 8, channels: 1), classes: 4)
        let training = TrainingSpec(batch: 32, learningRate: 0.05, augment: .none)
        let single = try Trainer(
            TrainingRequest(stage: .student, graph: graph, epochs: 8, training: training, seed: 1),
            initial: .initialized(for: graph, seed: 1), data: data, pool: pool, checkpoints: store
        ).run()
        let samples = FormJudge.samples(data.evaluation, data: data, pool: pool)
        let logits = FormJudge.logits(
            InferenceNetwork(graph: graph, parameters: single.best, maximumBatch: 64, pool: pool), samples, classes: 4)
        let quantizer = Quantizer(
            graph: graph, parameters: single.best, calibrating: FormJudge.samples(data.train, data: data, pool: pool),
            pool: pool)

        let wanted = samples.accuracy(of: logits)
        var (factor, before) = (Float(24), wanted)
        var rounded = try RoundedGraph(quantizer.graph, values: quantizer.quantized(.minMax).values)
        while before > wanted - 0.1, factor < 200 {
            var values = quantizer.quantized(.minMax).values
            for i in values.indices where i > 0 { values[i].scale *= factor }
            rounded = try RoundedGraph(quantizer.graph, values: values)
            before = rounded.quantized(rounded.parameters).score(on: samples, logits: logits, pool: pool).accuracy
            factor *= 1.3
        }
        let request = TrainingRequest(
            stage: .quantize, graph: rounded.graph, epochs: 8,
            training: TrainingSpec(batch: 32, learningRate: 0.01, weightDecay: 0, augment: .none, clipGradient: 5),
            seed: 1)
        let teacher = Teacher(TrainedNetwork(graph: graph, parameters: single.best))
        let outcome = try Trainer(
            request, initial: rounded.parameters, data: data, teachers: [teacher], pool: pool, checkpoints: store
        ).run()
        let after = rounded.quantized(outcome.best).score(on: samples, logits: logits, pool: pool).accuracy
        #expect(
            wanted > 0.85 && before < wanted - 0.1 && after > before + 0.3 * (wanted - before),
            "\(wanted) \(before) \(after), factor \(factor)")
    }
}
