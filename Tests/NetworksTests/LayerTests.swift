import Compute
import Networks
import Testing

/// Every layer forward and backward against PyTorch, on every instruction set of this machine.
@Suite struct LayerTests {
    /// Values are of the size of 1 and sums of at most a few hundred products, in single precision.
    static let tolerance = 1e-4

    @Test func everyOperationHasACase() throws {
        let seen = Set(try LayerCase.load().flatMap { $0.nodes.map(\.op) })
        #expect(
            seen == [
                "convolution", "batchNorm", "relu", "relu6", "hardSwish", "add", "maxPool", "averagePool",
                "globalAveragePool", "linear", "dropout",
            ])
    }

    @Test(arguments: try LayerCase.load(), [1, 3]) func trainingIsPyTorchs(test: LayerCase, threads: Int) throws {
        let graph = try test.graph()
        try graph.validate()
        let pool = ThreadPool(threads: threads)
        for kernels in Kernels.available {
            let parameters = ParameterBuffer.noisy(for: graph)
            let network = TrainingNetwork(
                graph: graph, parameters: parameters, maximumBatch: test.images + 1, pool: pool, kernels: kernels)
            let logits = network.run(test.imageValues(graph))
            network.propagate(test.gradient(graph))
            #expect(largestDifference(logits, test.logits) < Self.tolerance, "\(kernels.isa) logits")
            for (index, parameter) in graph.parameters.enumerated() {
                let source = parameter.role.isTrainable ? network.gradients : parameters
                let expected = test.after[index]
                let bound = Self.tolerance * max(1, largest(expected))
                let difference = largestDifference(source[parameter], expected)
                #expect(difference < bound, "\(kernels.isa) \(parameter.name)")
                if !parameter.role.isTrainable {
                    #expect(network.gradients[parameter].allSatisfy { $0 == 0 }, "\(parameter.name) is not trained")
                }
            }
        }
    }

    /// A second batch finds nothing of the first: every value is written before it is read.
    @Test(arguments: try LayerCase.load()) func aBatchLeavesNothingBehind(test: LayerCase) throws {
        let graph = try test.graph()
        let pool = ThreadPool(threads: 1)
        let parameters = ParameterBuffer.noisy(for: graph)
        let network = TrainingNetwork(graph: graph, parameters: parameters, maximumBatch: test.images + 2, pool: pool)
        _ = network.run(noise((test.images + 2) * graph.input.count, stream: 77))
        network.propagate(noise((test.images + 2) * graph.classes, stream: 78))
        let logits = network.run(test.imageValues(graph))
        network.propagate(test.gradient(graph))
        let fresh = TrainingNetwork(
            graph: graph, parameters: ParameterBuffer.noisy(for: graph), maximumBatch: test.images, pool: pool)
        #expect(isSame(logits, fresh.run(test.imageValues(graph))))
        fresh.propagate(test.gradient(graph))
        #expect(isSame(network.gradients, fresh.gradients))
    }

    @Test(arguments: try LayerCase.load()) func evaluationIsPyTorchs(test: LayerCase) throws {
        let graph = try test.graph()
        for kernels in Kernels.available {
            let network = InferenceNetwork(
                graph: graph, parameters: .noisy(for: graph), maximumBatch: test.images, pool: ThreadPool(threads: 2),
                kernels: kernels)
            let logits = network.run(test.imageValues(graph))
            #expect(largestDifference(logits, test.evaluation) < Self.tolerance, "\(kernels.isa)")
        }
    }
}
