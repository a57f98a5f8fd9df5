import Compute
import Networks
import Testing

/// The same bytes, whatever the number of threads.
@Suite struct DeterminismTests {
    /// Parameters, gradients and logits after a few steps of training; inference with what was learned.
    private struct Outcome {
        var parameters: ParameterBuffer
        var gradients: ParameterBuffer
        var logits: [Float]
        var inferred: [Float]

        init(_ graph: Graph, images count: Int, threads: Int, precision: Precision, kernels: Kernels) {
            let pool = ThreadPool(threads: threads)
            parameters = .initialized(for: graph, seed: 8)
            let network = TrainingNetwork(
                graph: graph, parameters: parameters, maximumBatch: count, precision: precision, pool: pool,
                kernels: kernels)
            let sgd = SGD(graph, weightDecay: 1e-3)
            logits = []
            for step in 0..<3 {
                logits += network.run(noise(count * graph.input.count, stream: UInt32(step)), seed: 6, step: step)
                network.propagate(noise(count * graph.classes, stream: 100 + UInt32(step)))
                sgd.step(parameters, network.gradients, rate: 1e-3, momentum: 0.9, scale: 1, pool: pool)
            }
            gradients = network.gradients
            let inference = InferenceNetwork(
                graph: graph, parameters: parameters, maximumBatch: count, precision: precision, pool: pool,
                kernels: kernels)
            inferred = inference.run(noise(count * graph.input.count, stream: 50))
        }
    }

    private static func compare(_ graph: Graph, images: Int, precision: Precision = .fp32) {
        for kernels in Kernels.available {
            let one = Outcome(graph, images: images, threads: 1, precision: precision, kernels: kernels)
            #expect(one.logits.allSatisfy { $0.isFinite } && one.inferred.allSatisfy { $0.isFinite })
            for threads in [1, 2, 3, 4] {
                let other = Outcome(graph, images: images, threads: threads, precision: precision, kernels: kernels)
                #expect(isSame(one.logits, other.logits), "\(kernels.isa) \(threads) threads: logits")
                #expect(isSame(one.gradients, other.gradients), "\(kernels.isa) \(threads) threads: gradients")
                #expect(isSame(one.parameters, other.parameters), "\(kernels.isa) \(threads) threads: parameters")
                #expect(isSame(one.inferred, other.inferred), "\(kernels.isa) \(threads) threads: inference")
            }
        }
    }

    @Test(arguments: Presets.names) func presets(name: String) throws {
        let graph = try Presets.make(
            name, width: 0.25, input: Graph.Shape(height: 12, width: 10, channels: 3), classes: 5)
        Self.compare(graph, images: 13)
    }

    @Test(arguments: ["resnet8", "vgg8", "convnet3"]) func halfPrecision(name: String) throws {
        let graph = try Presets.make(
            name, width: 0.25, input: Graph.Shape(height: 16, width: 16, channels: 3), classes: 5)
        Self.compare(graph, images: 13, precision: .bf16)
    }

    @Test(arguments: try LayerCase.load()) func layers(test: LayerCase) throws {
        Self.compare(try test.graph(), images: 37)
    }

    @Test func dropout() throws {
        var builder = try GraphBuilder(input: Graph.Shape(height: 6, width: 6, channels: 3))
        try builder.convolution(builder.last, "conv", outputs: 8, kernel: 3)
        try builder.append(.dropout(rate: 0.25), [builder.last], "dropout")
        try builder.append(.linear(outputs: 4), [builder.last], "fc")
        Self.compare(builder.graph(), images: 21)
    }
}
