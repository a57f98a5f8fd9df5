import Compute
import Networks
import Testing

/// Inference with folded norms against training and against the definition, for every preset.
@Suite struct InferenceTests {
    /// In single precision, where logits are of the size of 1: for up to 110 layers, and Winograd's convolution, whose
    /// rounding error is about twice that of the definition.
    static let tolerance = 2e-4

    /// Running statistics are made those of the batch. Then training, evaluation and the definition are one function.
    @Test(arguments: Presets.names) func threeWaysAgree(name: String) throws {
        let graph = try Presets.make(name, input: Graph.Shape(height: 16, width: 12, channels: 3), classes: 10)
        let parameters = ParameterBuffer.initialized(for: graph, seed: 3)
        let images = noise(6 * graph.input.count, stream: 1)
        let pool = ThreadPool(threads: 2)
        let training = graph.calibrate(parameters, images: images, pool: pool)
        let inference = InferenceNetwork(graph: graph, parameters: parameters, maximumBatch: 6, pool: pool).run(images)
        let reference = ReferenceNetwork(graph, parameters)
        #expect(largest(inference) > 0.05, "logits that say something")
        #expect(largestDifference(inference, reference.logits(images, .evaluation)) < Self.tolerance)
        #expect(largestDifference(training, reference.logits(images, .training(seed: 0, step: 0))) < Self.tolerance)
        #expect(largestDifference(inference, training) < Self.tolerance)
    }

    /// Grey and colour, portrait and landscape, a stem that halves, few and many classes.
    @Test(arguments: [
        ("convnet3", 28, 28, 1, 2), ("resnet8", 64, 96, 3, 2), ("dscnn-tiny", 96, 64, 1, 1000),
        ("mobilenet-tiny", 50, 60, 3, 3), ("wrn-16-2", 8, 9, 1, 100), ("vgg8", 100, 100, 3, 2),
    ]) func shapesAgree(name: String, height: Int, width: Int, channels: Int, classes: Int) throws {
        let graph = try Presets.make(
            name, width: name == "vgg8" ? 0.125 : 0.5,
            input: Graph.Shape(height: height, width: width, channels: channels), classes: classes)
        let parameters = ParameterBuffer.initialized(for: graph, seed: 4)
        let images = noise(4 * graph.input.count, stream: 1)
        let pool = ThreadPool(threads: 2)
        let training = graph.calibrate(parameters, images: images, pool: pool)
        let inference = InferenceNetwork(graph: graph, parameters: parameters, maximumBatch: 4, pool: pool).run(images)
        let expected = ReferenceNetwork(graph, parameters).logits(images, .evaluation)
        #expect(largestDifference(inference, expected) < Self.tolerance)
        #expect(largestDifference(training, expected) < Self.tolerance)
    }

    /// An image's logits are the same bytes alone, in any batch, and at any place in it.
    @Test(arguments: Presets.names) func batchSizeDoesNotMatter(name: String) throws {
        let graph = try Presets.make(
            name, width: 0.25, input: Graph.Shape(height: 20, width: 20, channels: 3), classes: 5)
        try Self.compareBatches(graph, images: 11)
    }

    @Test(arguments: try LayerCase.load()) func batchSizeDoesNotMatterToALayer(test: LayerCase) throws {
        try Self.compareBatches(try test.graph(), images: 13)
    }

    private static func compareBatches(_ graph: Graph, images count: Int) throws {
        let parameters = ParameterBuffer.noisy(for: graph)
        let images = noise(count * graph.input.count, stream: 1)
        let pool = ThreadPool(threads: 2)
        for kernels in Kernels.available {
            func network(_ batch: Int) -> InferenceNetwork {
                InferenceNetwork(
                    graph: graph, parameters: parameters, maximumBatch: batch, pool: pool, kernels: kernels)
            }
            let together = network(count).run(images)
            #expect(together.allSatisfy { $0.isFinite })
            for (batch, step) in [(1, 1), (3, 3), (64, count), (64, 2)] {
                let other = network(batch)
                let parts = stride(from: 0, to: count, by: step).flatMap {
                    other.run(
                        Array(images[$0 * graph.input.count..<min($0 + step, count) * graph.input.count]))
                }
                #expect(isSame(parts, together), "\(kernels.isa), \(step) of at most \(batch)")
            }
        }
    }

    @Test func reloadTakesNewValues() throws {
        let graph = try Presets.make(
            "wrn-16-2", width: 0.5, input: Graph.Shape(height: 8, width: 8, channels: 3), classes: 4)
        let pool = ThreadPool(threads: 1)
        let images = noise(2 * graph.input.count, stream: 1)
        let (first, second) = (
            ParameterBuffer.initialized(for: graph, seed: 1), ParameterBuffer.initialized(for: graph, seed: 2)
        )
        let network = InferenceNetwork(graph: graph, parameters: first, maximumBatch: 2, pool: pool)
        let before = network.run(images)
        network.reload(second)
        let after = network.run(images)
        #expect(!isSame(before, after))
        #expect(
            isSame(after, InferenceNetwork(graph: graph, parameters: second, maximumBatch: 2, pool: pool).run(images)))
    }
}
