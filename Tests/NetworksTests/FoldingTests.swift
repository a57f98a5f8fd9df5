import Compute
import Networks
import Testing

@Suite struct FoldingTests {
    @Test(arguments: Presets.names) func foldedPresetsAreTheSameFunction(name: String) throws {
        let graph = try Presets.make(
            name, width: 0.25, input: Graph.Shape(height: 16, width: 16, channels: 3), classes: 4)
        let parameters = ParameterBuffer.initialized(for: graph, seed: 3)
        let images = noise(4 * graph.input.count, stream: 1)
        _ = graph.calibrate(parameters, images: images, pool: ThreadPool(threads: 1))
        let (folded, values) = graph.foldingBatchNorms(parameters)
        try folded.validate()
        #expect(values.count == folded.storageCount)
        let isNorm = { (node: Graph.Node) in
            if case .batchNorm = node.operation { return true }
            return false
        }
        // Pre-activation networks keep the norms of values that are also passed on.
        let kept = folded.nodes.filter(isNorm).count
        #expect(name.hasPrefix("wrn") ? kept > 0 && kept < graph.nodes.filter(isNorm).count : kept == 0)
        let before = ReferenceNetwork(graph, parameters).logits(images, .evaluation)
        let after = ReferenceNetwork(folded, values).logits(images, .evaluation)
        // Folded weights are rounded to single precision once more, in 110 layers one behind the other.
        #expect(largestDifference(before, after) < 2e-5)
    }

    @Test(arguments: try LayerCase.load()) func foldedLayersAreTheSameFunction(test: LayerCase) throws {
        let graph = try test.graph()
        let parameters = ParameterBuffer.noisy(for: graph)
        let (folded, values) = graph.foldingBatchNorms(parameters)
        try folded.validate()
        let images = test.imageValues(graph)
        let before = ReferenceNetwork(graph, parameters).logits(images, .evaluation)
        #expect(largestDifference(before, ReferenceNetwork(folded, values).logits(images, .evaluation)) < 1e-5)
    }

    /// k = scale / √(variance + epsilon); weights times k, bias = shift + (bias - mean) k.
    @Test func valuesAreThoseOfTheFormula() throws {
        var builder = try GraphBuilder(input: Graph.Shape(height: 1, width: 1, channels: 1))
        try builder.convolution(builder.last, "conv", outputs: 1, kernel: 1, bias: true)
        try builder.append(.batchNorm(epsilon: 1), [builder.last], "norm")
        let graph = builder.graph()
        let parameters = ParameterBuffer(count: graph.storageCount)
        // Weight, bias; scale, shift, running mean, running variance.
        for (parameter, value) in zip(graph.parameters, [3, 5, 6, 0.5, 1, 8] as [Float]) {
            parameters[parameter][0] = value
        }
        let (folded, values) = graph.foldingBatchNorms(parameters)
        #expect(folded.nodes.map(\.name) == ["input", "conv"])
        #expect(values.lists(folded) == [[6], [8.5]])
    }

    @Test func aConvolutionWithAnotherReaderKeepsItsNorm() throws {
        var builder = try GraphBuilder(input: Graph.Shape(height: 2, width: 2, channels: 2))
        let conv = try builder.convolution(builder.input, "conv", outputs: 2, kernel: 3)
        let norm = try builder.batchNorm(conv, "norm")
        try builder.append(.add, [conv, norm], "add")
        try builder.append(.globalAveragePool, [builder.last], "pool")
        let graph = builder.graph()
        #expect(graph.foldingBatchNorms(.noisy(for: graph)).graph == graph)
    }

    @Test func dropoutGoesAwayAndLetsTheNormThrough() throws {
        var builder = try GraphBuilder(input: Graph.Shape(height: 2, width: 2, channels: 2))
        try builder.convolution(builder.input, "conv", outputs: 2, kernel: 3)
        try builder.append(.dropout(rate: 0.5), [builder.last], "dropout")
        try builder.batchNorm(builder.last, "norm")
        try builder.append(.globalAveragePool, [builder.last], "pool")
        try builder.append(.dropout(rate: 0.5), [builder.last], "last")
        let folded = builder.graph().foldingBatchNorms(.noisy(for: builder.graph())).graph
        #expect(folded.nodes.map(\.name) == ["input", "conv", "pool"])
        #expect(folded.parameters.map(\.name) == ["conv.weight", "conv.bias"])
    }
}
