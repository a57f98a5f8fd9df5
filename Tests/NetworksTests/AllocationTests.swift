import CAllocations
import Compute
import Networks
import Testing

/// A training step makes its memory once, when the network is made.
@Suite struct AllocationTests {
    /// Calls of malloc in a step, on the thread that makes the step.
    private static func allocations(_ graph: Graph, batch: Int, threads: Int, precision: Precision) -> Int {
        let pool = ThreadPool(threads: threads)
        let parameters = ParameterBuffer.initialized(for: graph, seed: 1)
        let network = TrainingNetwork(
            graph: graph, parameters: parameters, maximumBatch: batch, precision: precision, pool: pool)
        let sgd = SGD(graph, weightDecay: 1e-4)
        network.input.update(from: noise(batch * graph.input.count, stream: 1), count: batch * graph.input.count)
        network.dLogits.update(from: noise(batch * graph.classes, stream: 2), count: batch * graph.classes)
        func step(_ number: Int) {
            network.forward(count: batch, seed: 1, step: number)
            network.backward(count: batch)
            sgd.step(parameters, network.gradients, rate: 1e-3, momentum: 0.9, scale: 1, pool: pool)
        }
        for number in 0..<2 { step(number) }
        let before = allocations_of_this_thread()
        for number in 2..<6 { step(number) }
        return Int(allocations_of_this_thread() - before) / 4
    }

    @Test(
        .enabled(if: allocations_of_this_thread() >= 0, "malloc cannot be counted in this build"),
        arguments: ["resnet8", "resnet20", "mobilenet-tiny", "convnet3"], [Precision.fp32, .bf16])
    func aStepMakesNoMemory(name: String, precision: Precision) throws {
        let graph = try Presets.make(
            name, width: 0.5, input: Graph.Shape(height: 16, width: 16, channels: 3), classes: 5)
        #expect(Self.allocations(graph, batch: 8, threads: 1, precision: precision) == 0)
        // More threads are handed each call's closure: a small object for each call, whatever the batch.
        let few = Self.allocations(graph, batch: 8, threads: 2, precision: precision)
        let many = Self.allocations(graph, batch: 40, threads: 2, precision: precision)
        #expect(few == many)
        #expect(few <= 8 * graph.nodes.count, "\(few) for \(graph.nodes.count) nodes")
    }

    /// The counter counts.
    @Test(.enabled(if: allocations_of_this_thread() >= 0, "malloc cannot be counted in this build"))
    func whatIsMadeIsCounted() {
        let before = allocations_of_this_thread()
        let made = (0..<10).map { ParameterBuffer(count: $0) }
        #expect(allocations_of_this_thread() - before >= Int64(made.count))
    }
}
