import Compute
import Networks
import Testing

/// Networks in training for integers.
@Suite struct RoundingTests {
    /// Every kind of layer, with values that some roundings clamp on either side.
    static func graph() throws -> Graph {
        var builder = try GraphBuilder(input: Graph.Shape(height: 6, width: 5, channels: 3))
        func round(_ node: Int, _ scale: Float, _ zero: UInt8) throws -> Int {
            try builder.append(.round(.init(scale: scale, zero: zero)), [node], "round\(builder.last)")
        }
        let input = try round(builder.input, 0.04, 20)
        let conv = try builder.convolution(input, "conv", outputs: 6, kernel: 3, bias: true)
        let relu = try round(try builder.append(.relu, [conv], "relu"), 0.01, 0)
        let depthwise = try builder.convolution(relu, "depthwise", outputs: 6, kernel: 3, groups: 6, bias: true)
        let swish = try round(
            try builder.append(.hardSwish, [try round(depthwise, 0.05, 128)], "swish"), 0.06, 20)
        // Sums and means of rounded values in steps that have no common multiple: nothing lies between two.
        let sum = try builder.append(.add, [swish, relu], "sum")
        let unlike = try builder.convolution(try round(sum, 0.0413, 100), "unlike", outputs: 4, kernel: 3, bias: true)
        let largest = try round(
            try builder.append(.maxPool(.init(size: 2, stride: 2, padding: 0)), [unlike], "largest"), 0.05, 100)
        let grouped = try builder.convolution(largest, "grouped", outputs: 4, kernel: 3, groups: 2, bias: true)
        let mean = try round(
            try builder.append(
                .averagePool(.init(size: 2, stride: 1, padding: 0)), [try round(grouped, 0.05, 90)], "mean"),
            0.0317, 110)
        let classifier = try builder.append(.linear(outputs: 4), [mean], "classifier")
        _ = try round(classifier, 0.03, 128)
        return builder.graph()
    }

    /// Straight-through estimates against slopes of the definition: `RoundingSteps`.
    @Test func gradients() throws {
        let graph = try Self.graph()
        try GradientTests.compare(
            graph, images: noise(3 * graph.input.count, stream: 1), dLogits: noise(3 * graph.classes, stream: 2))
    }

    /// Training and inference round alike, on any number of threads and in place of each other.
    @Test func inferenceAnswersAsTraining() throws {
        let graph = try Self.graph()
        let parameters = ParameterBuffer.noisy(for: graph)
        let images = noise(7 * graph.input.count, stream: 3)
        var answers: [[Float]] = []
        for threads in [1, 3] {
            let pool = ThreadPool(threads: threads)
            let training = TrainingNetwork(graph: graph, parameters: parameters, maximumBatch: 7, pool: pool)
            answers.append(training.run(images, seed: 1, step: 1))
            let inference = InferenceNetwork(graph: graph, parameters: parameters, maximumBatch: 7, pool: pool)
            inference.input.update(from: images, count: images.count)
            inference.forward(count: 7)
            answers.append(Array(UnsafeBufferPointer(start: inference.logits, count: 7 * graph.classes)))
        }
        for found in answers {
            #expect(found == answers[0])
            #expect(Set(found).count > 4)
            for value in found { #expect((value / 0.03).rounded() * 0.03 == value) }
        }
    }

    @Test func noNetworkFromAFileRounds() throws {
        let graph = try Self.graph()
        #expect(throws: GraphError.self) { try graph.validate() }
    }
}
