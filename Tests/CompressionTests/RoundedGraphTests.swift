import Compression
import Compute
import Networks
import Testing

@Suite struct RoundedGraphTests {
    /// What is trained is what the integers compute: single precision rounds sums otherwise than 32-bit integers do, so
    /// that now and then a value is a step beside, and no more than a few of the logits' steps come of it.
    @Test func roundsAsTheIntegersDo() throws {
        for (name, graph) in try IntegerNetworkTests.graphs() {
            let sample = Sample(graph)
            let rounded = try Self.rounded(sample)
            let images = sample.images(8)
            let single = InferenceNetwork(
                graph: rounded.graph, parameters: rounded.parameters, maximumBatch: 8, pool: ThreadPool(threads: 2))
            let network = rounded.quantized(rounded.parameters)
            let integers = IntegerNetwork(network, maximumBatch: 8, pool: ThreadPool(threads: 2))
            for (input, forward) in [(single.input, single.forward), (integers.input, integers.forward)] {
                input.update(from: images, count: images.count)
                forward(8)
            }
            let steps = (0..<8 * graph.classes).map {
                abs(single.logits[$0] - integers.logits[$0]) / network.output.scale
            }
            #expect(steps.reduce(0, +) / Float(steps.count) < 1, "\(name): \(steps)")
        }
    }

    /// Rounding the weights that are there gives what post-training quantization gives.
    @Test func untrainedItIsTheQuantizersNetwork() throws {
        for (name, graph) in try IntegerNetworkTests.graphs() {
            let sample = Sample(graph)
            let rounded = try Self.rounded(sample)
            #expect(rounded.quantized(rounded.parameters) == sample.quantized(images: 16), "\(name)")
            #expect(rounded.graph.isRounded && !graph.isRounded)
        }
    }

    private static func rounded(_ sample: Sample) throws -> RoundedGraph {
        let quantizer = Quantizer(
            graph: sample.graph, parameters: sample.parameters, calibrating: sample.samples(16, seed: 8),
            pool: ThreadPool(threads: 2))
        return try RoundedGraph(quantizer.graph, values: quantizer.quantized(.minMax).values)
    }
}
