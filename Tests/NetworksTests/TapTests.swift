import Compute
import Networks
import Testing

/// Activations that a network hands out, and gradients that it takes back there.
@Suite struct TapTests {
    private static let names = ["resnet8", "wrn-16-2", "mobilenet-tiny", "vgg8", "convnet3"]

    private static func graph(_ name: String, side: Int = 16) throws -> Graph {
        try Presets.make(
            name, width: 0.125, input: Graph.Shape(height: side, width: side, channels: 1), classes: 3)
    }

    /// Every node of a network at once, also those that lie inside of a chain of convolution, norm and activation.
    private static func everyNode(_ graph: Graph) -> [Int] { Array(graph.nodes.indices.dropFirst()) }

    private static func read(_ values: UnsafePointer<Float>, _ count: Int) -> [Float] {
        Array(UnsafeBufferPointer(start: values, count: count))
    }

    @Test(arguments: names) func trainingHandsOutWhatTheDefinitionSays(name: String) throws {
        let graph = try Self.graph(name)
        let parameters = ParameterBuffer.noisy(for: graph)
        let images = noise(4 * graph.input.count, stream: 1)
        let expected = ReferenceNetwork(graph, parameters).values(images, .training(seed: 5, step: 7))
        for taps in [Self.everyNode(graph), graph.stageEnds + [graph.embedding]] {
            let network = TrainingNetwork(
                graph: graph, parameters: parameters.copy(), maximumBatch: 4, taps: taps, pool: ThreadPool(threads: 2))
            _ = network.run(images, seed: 5, step: 7)
            for (node, tap) in zip(taps, network.taps) {
                #expect(tap.shape == graph.nodes[node].shape)
                let found = Self.read(tap.values, 4 * tap.shape.count)
                #expect(
                    largestDifference(found, expected[node]) < 5e-4 * max(1, largest(found)),
                    "\(graph.nodes[node].name)")
            }
        }
    }

    @Test(arguments: names) func inferenceHandsOutWhatTheDefinitionSays(name: String) throws {
        let graph = try Self.graph(name)
        let parameters = ParameterBuffer.noisy(for: graph)
        let images = noise(5 * graph.input.count, stream: 1)
        _ = graph.calibrate(parameters, images: images, pool: ThreadPool(threads: 1))
        let expected = ReferenceNetwork(graph, parameters).values(images, .evaluation)
        let plain = InferenceNetwork(
            graph: graph, parameters: parameters, maximumBatch: 5, pool: ThreadPool(threads: 1)
        ).run(images)
        for taps in [Self.everyNode(graph), graph.stageEnds + [graph.embedding]] {
            let network = InferenceNetwork(
                graph: graph, parameters: parameters, maximumBatch: 5, taps: taps, pool: ThreadPool(threads: 2))
            // New values of the same graph find the same places.
            network.reload(parameters)
            #expect(largestDifference(network.run(images), plain) < 5e-4)
            for (index, node) in taps.enumerated() {
                let found = Self.read(network.tap(index), 5 * graph.nodes[node].shape.count)
                #expect(
                    largestDifference(found, expected[node]) < 5e-4 * max(1, largest(found)),
                    "\(graph.nodes[node].name)")
            }
        }
    }

    /// Slopes of Σ logits dLogits + Σ over taps of values gradient, as in `GradientTests`: with all nodes tapped, and
    /// with those alone that losses are put on.
    @Test(arguments: names, [true, false]) func gradientsComeBack(name: String, everywhere: Bool) throws {
        let graph = try Self.graph(name)
        let parameters = ParameterBuffer.noisy(for: graph)
        let images = noise(4 * graph.input.count, stream: 1)
        let dLogits = noise(4 * graph.classes, stream: 2)
        let taps = everywhere ? Self.everyNode(graph) : graph.stageEnds + [graph.embedding]
        var reference = ReferenceNetwork(graph, parameters)
        let network = TrainingNetwork(
            graph: graph, parameters: parameters, maximumBatch: 4, taps: taps, pool: ThreadPool(threads: 2))
        _ = network.run(images, seed: 5, step: 7)
        let gradients = zip(taps, network.taps).map { node, tap in
            // Of the size that a mean over the values has.
            noise(4 * tap.shape.count, stream: 100 + UInt32(node)).map { $0 / Float(tap.shape.height) }
        }
        network.dLogits.update(from: dLogits, count: dLogits.count)
        network.backward(count: 4)
        let without = network.gradients.copy()
        network.dLogits.update(from: dLogits, count: dLogits.count)
        for (tap, gradient) in zip(network.taps, gradients) {
            tap.gradient.update(from: gradient, count: gradient.count)
        }
        network.backward(count: 4, usesTaps: true)
        #expect(!isSame(network.gradients, without))

        func loss() -> Double {
            let values = reference.values(images, .training(seed: 5, step: 7))
            var sum = zip(values[values.count - 1], dLogits).reduce(0) { $0 + $1.0 * Double($1.1) }
            for (node, gradient) in zip(taps, gradients) {
                sum += zip(values[node], gradient).reduce(0) { $0 + $1.0 * Double($1.1) }
            }
            return sum
        }
        let step = 1e-6
        for (index, parameter) in graph.parameters.enumerated() where parameter.role.isTrainable {
            let gradient = network.gradients[parameter]
            for i in stride(from: 0, to: parameter.count, by: max(1, parameter.count / 2)) {
                let value = reference.parameters[index][i]
                reference.parameters[index][i] = value + step
                let above = loss()
                reference.parameters[index][i] = value - step
                let slope = (above - loss()) / (2 * step)
                reference.parameters[index][i] = value
                #expect(
                    abs(slope - Double(gradient[i])) < 1e-3 * max(1, largest(gradient)), "\(parameter.name)[\(i)]")
            }
        }
    }

    @Test(arguments: names) func tapsDoNotDependOnThreads(name: String) throws {
        let graph = try Self.graph(name)
        let images = noise(6 * graph.input.count, stream: 1)
        let taps = graph.stageEnds + [graph.embedding]
        let results = [1, 3].map { threads in
            let parameters = ParameterBuffer.noisy(for: graph)
            let network = TrainingNetwork(
                graph: graph, parameters: parameters, maximumBatch: 6, taps: taps, pool: ThreadPool(threads: threads))
            _ = network.run(images)
            for (i, tap) in network.taps.enumerated() {
                let gradient = noise(6 * tap.shape.count, stream: 50 + UInt32(i))
                tap.gradient.update(from: gradient, count: gradient.count)
            }
            network.dLogits.update(repeating: 0.1, count: 6 * graph.classes)
            network.backward(count: 6, usesTaps: true)
            return network.gradients
        }
        #expect(isSame(results[0], results[1]))
    }

    @Test func stagesAreFoundByResolution() throws {
        func stages(_ name: String) throws -> [String] {
            let graph = try Presets.make(name, input: Graph.Shape(height: 32, width: 32, channels: 3), classes: 10)
            return (graph.stageEnds + [graph.embedding]).map { graph.nodes[$0].name }
        }
        #expect(try stages("resnet20") == ["stage1.2.act", "stage2.2.act", "stage3.2.act", "pool"])
        // The activation before the first convolution of the next stage, and the network's last.
        #expect(try stages("wrn-16-2") == ["stage2.0.1.act", "stage3.0.1.act", "last.act", "pool"])
        let resolutions = try Presets.names.map { name in
            let graph = try Presets.make(name, input: Graph.Shape(height: 32, width: 32, channels: 3), classes: 10)
            return graph.stageEnds.map { graph.nodes[$0].shape.height }
        }
        #expect(resolutions.allSatisfy { $0 == $0.sorted(by: >) && Set($0).count == $0.count && $0.count >= 3 })
    }
}
