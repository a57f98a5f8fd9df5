import Compute
import Networks
import Testing

/// Backward passes against slopes of the definition.
///
/// The slopes are central differences of `ReferenceNetwork`, in double precision: a step of 1e-6 leaves an error of
/// about 1e-12 from the third derivative and 1e-9 from rounding, so that what is seen is the single precision of the
/// backward pass. The logits' gradient is of the size of 1, as in the comparison with PyTorch. A larger step would now
/// and then cross the bend of an activation; in these fixed cases this one does not.
@Suite struct GradientTests {
    private static let step = 1e-6
    private static let tolerance = 1e-4
    /// Of whole networks, whose norms amplify the rounding of the layers before them.
    private static let deepTolerance = 5e-4
    /// Values of one parameter that are tried, spread over it.
    private static let tried = 48

    @Test(arguments: try LayerCase.load()) func layers(test: LayerCase) throws {
        let graph = try test.graph()
        try Self.compare(graph, images: test.imageValues(graph), dLogits: test.gradient(graph))
    }

    @Test func dropout() throws {
        var builder = try GraphBuilder(input: Graph.Shape(height: 4, width: 4, channels: 3))
        try builder.convolution(builder.last, "conv", outputs: 6, kernel: 3)
        try builder.append(.dropout(rate: 0.3), [builder.last], "dropout1")
        try builder.batchNorm(builder.last, "norm")
        try builder.append(.relu, [builder.last], "relu")
        try builder.append(.dropout(rate: 0.5), [builder.last], "dropout2")
        try builder.append(.linear(outputs: 4), [builder.last], "fc")
        let graph = builder.graph()
        try Self.compare(
            graph, images: noise(3 * graph.input.count, stream: 1), dLogits: noise(3 * graph.classes, stream: 2))
    }

    /// The whole of small presets: each kind of block, its merges and its shortcuts. Images are large enough for the
    /// last norms to see a dozen values: over fewer, statistics amplify rounding.
    @Test(arguments: ["resnet8", "wrn-16-2", "mobilenet-tiny", "vgg8", "convnet3"]) func presets(name: String) throws {
        let graph = try Presets.make(
            name, width: 0.125, input: Graph.Shape(height: 16, width: 16, channels: 1), classes: 3)
        try Self.compare(
            graph, images: noise(4 * graph.input.count, stream: 1), dLogits: noise(4 * graph.classes, stream: 2),
            tolerance: Self.deepTolerance, tried: 3)
    }

    static func compare(
        _ graph: Graph, images: [Float], dLogits: [Float], tolerance: Double = tolerance, tried: Int = tried
    ) throws {
        let parameters = ParameterBuffer.noisy(for: graph)
        var reference = ReferenceNetwork(graph, parameters)
        let network = TrainingNetwork(
            graph: graph, parameters: parameters, maximumBatch: images.count / graph.input.count,
            pool: ThreadPool(threads: 1))
        let logits = network.run(images, seed: 5, step: 7)
        let mode = ReferenceNetwork.Mode.training(seed: 5, step: 7)
        let expected = reference.logits(images, mode)
        #expect(largestDifference(logits, expected) < tolerance * max(1, largest(logits)))
        network.propagate(dLogits)

        func loss() -> Double { zip(reference.logits(images, mode), dLogits).reduce(0) { $0 + $1.0 * Double($1.1) } }
        for (index, parameter) in graph.parameters.enumerated() where parameter.role.isTrainable {
            let gradient = network.gradients[parameter]
            var worst = (difference: 0.0, index: 0)
            for i in stride(from: 0, to: parameter.count, by: max(1, parameter.count / tried)) {
                let value = reference.parameters[index][i]
                reference.parameters[index][i] = value + step
                let above = loss()
                reference.parameters[index][i] = value - step
                let difference = abs((above - loss()) / (2 * step) - Double(gradient[i]))
                guard difference.isFinite else {
                    Issue.record("\(parameter.name)[\(i)]: \(difference)")
                    return
                }
                reference.parameters[index][i] = value
                if difference > worst.difference { worst = (difference, i) }
            }
            #expect(worst.difference < tolerance * max(1, largest(gradient)), "\(parameter.name)[\(worst.index)]")
        }
    }
}
