import Compute
import Networks
import Testing

/// The gradient by a network's input, for networks that stand behind others.
@Suite struct InputGradientTests {
    private static func graph(_ kind: String) throws -> Graph {
        let input = Graph.Shape(height: 8, width: 8, channels: 3)
        guard kind == "sum" else { return try Presets.make(kind, width: 0.25, input: input, classes: 4) }
        // The input read by an addition, and twice.
        var builder = try GraphBuilder(input: input)
        let node = try builder.convolution(builder.input, "conv", outputs: 3, kernel: 3)
        let norm = try builder.batchNorm(node, "norm")
        let sum = try builder.append(.add, [norm, builder.input], "sum")
        let act = try builder.append(.relu, [sum], "act")
        let pool = try builder.append(.globalAveragePool, [act], "pool")
        try builder.append(.linear(outputs: 4), [pool], "fc")
        return builder.graph()
    }

    /// Slopes of Σ logits dLogits.
    @Test(arguments: ["resnet8", "convnet3", "mobilenet-tiny", "sum"]) func isTheSlope(kind: String) throws {
        let graph = try Self.graph(kind)
        let parameters = ParameterBuffer.noisy(for: graph)
        let images = noise(4 * graph.input.count, stream: 1)
        let dLogits = noise(4 * graph.classes, stream: 2)
        let network = TrainingNetwork(
            graph: graph, parameters: parameters.copy(), maximumBatch: 4, reachesInput: true,
            pool: ThreadPool(threads: 2))
        _ = network.run(images, seed: 5, step: 7)
        network.propagate(dLogits)
        let gradient = Array(UnsafeBufferPointer(start: try #require(network.dInput), count: images.count))
        let reference = ReferenceNetwork(graph, parameters)
        func loss(_ images: [Float]) -> Double {
            let values = reference.values(images, .training(seed: 5, step: 7))
            return zip(values[values.count - 1], dLogits).reduce(0) { $0 + $1.0 * Double($1.1) }
        }
        for i in stride(from: 0, to: images.count, by: 29) {
            var (above, below) = (images, images)
            above[i] += 0x1p-16
            below[i] -= 0x1p-16
            let slope = (loss(above) - loss(below)) * 0x1p15
            #expect(abs(slope - Double(gradient[i])) < 5e-3 * largest(gradient), "value \(i)")
        }
    }

    /// The parameters' gradients do not depend on whether it is asked for.
    @Test func changesNothingElse() throws {
        let graph = try Self.graph("resnet8")
        let images = noise(4 * graph.input.count, stream: 1)
        let gradients = [false, true].map { reachesInput in
            let network = TrainingNetwork(
                graph: graph, parameters: .noisy(for: graph), maximumBatch: 4, reachesInput: reachesInput,
                pool: ThreadPool(threads: 2))
            #expect((network.dInput != nil) == reachesInput)
            _ = network.run(images)
            network.propagate(noise(4 * graph.classes, stream: 2))
            return network.gradients
        }
        #expect(isSame(gradients[0], gradients[1]))
    }
}
