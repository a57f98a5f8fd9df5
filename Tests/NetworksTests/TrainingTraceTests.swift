import Compute
import Networks
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// Ten steps of training against PyTorch, from the same weights on the same images.
@Suite struct TrainingTraceTests {
    struct Trace: Decodable, Sendable, CustomTestStringConvertible {
        var preset: String
        var batch, side, classes: Int
        var rate, momentum, decay: Double
        var losses: [Double]
        /// Length of each trained tensor at the end, and of each running statistic.
        var lengths, running: [Double]
        var testDescription: String { preset }
    }

    /// Training amplifies rounding from step to step: PyTorch in single precision itself strays from the recorded
    /// values, which are of double precision, by up to 4e-4 (resnet8) and 2e-3 (wrn-16-2) of the loss, and by up to 7e-3
    /// of a tensor's length; the first loss agrees to 1e-6.
    @Test(arguments: try Goldens.load("training", as: [Trace].self)) func lossesArePyTorchs(trace: Trace) throws {
        let graph = try Presets.make(
            trace.preset, input: Graph.Shape(height: trace.side, width: trace.side, channels: 3),
            classes: trace.classes)
        let parameters = Self.parameters(graph)
        let pool = ThreadPool(threads: 2)
        let network = TrainingNetwork(graph: graph, parameters: parameters, maximumBatch: trace.batch, pool: pool)
        let sgd = SGD(graph, weightDecay: trace.decay)
        var losses: [Double] = []
        for step in trace.losses.indices {
            let logits = network.run(Self.images(trace, step: step))
            let (loss, dLogits) = Self.crossEntropy(logits, trace)
            losses.append(loss)
            network.propagate(dLogits)
            sgd.step(
                parameters, network.gradients, rate: trace.rate, momentum: trace.momentum, scale: 1, pool: pool)
        }
        #expect(abs(losses[0] - trace.losses[0]) < 2e-6 * trace.losses[0])
        #expect(abs(losses[1] - trace.losses[1]) < 1e-4 * trace.losses[1])
        for (step, pair) in zip(losses, trace.losses).enumerated() {
            #expect(abs(pair.0 - pair.1) < 5e-3 * pair.1, "step \(step): \(pair.0), PyTorch \(pair.1)")
        }
        #expect(losses[losses.count - 1] < losses[0] / 2, "it learns")
        for (isTrainable, expected) in [(true, trace.lengths), (false, trace.running)] {
            let own = graph.parameters.filter { $0.role.isTrainable == isTrainable }
            let lengths = own.map { parameter in
                parameters[parameter].reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
            }
            try #require(lengths.count == expected.count)
            for (i, pair) in zip(lengths, expected).enumerated() {
                #expect(abs(pair.0 - pair.1) < 2e-2 * pair.1, "\(own[i].name): \(pair.0), PyTorch \(pair.1)")
            }
        }
    }

    /// Weights and biases in the order of the layers, uniform in ±1/√fanIn; norms as identity.
    private static func parameters(_ graph: Graph) -> ParameterBuffer {
        let buffer = ParameterBuffer.initialized(for: graph, seed: 0)
        var position: UInt32 = 0
        for node in graph.nodes {
            for parameter in node.parameters.map({ graph.parameters[$0] })
            where parameter.role == .weight || parameter.role == .bias {
                let fanIn = graph.parameters[node.parameters[0]].shape.dropFirst().reduce(1, *)
                let bound = 1 / Float(fanIn).squareRoot()
                for (i, value) in noise(parameter.count, stream: 1000 + position).enumerated() {
                    buffer[parameter][i] = value * bound
                }
                position += 1
            }
        }
        return buffer
    }

    /// Noise, and a tint by the label.
    private static func images(_ trace: Trace, step: Int) -> [Float] {
        var images = noise(trace.batch * trace.side * trace.side * 3, stream: 1 + UInt32(step))
        let tint = noise(trace.classes * 3, stream: 102)
        for i in images.indices {
            let label = i / (trace.side * trace.side * 3) % trace.classes
            images[i] += tint[label * 3 + i % 3]
        }
        return images
    }

    private static func crossEntropy(_ logits: [Float], _ trace: Trace) -> (loss: Double, dLogits: [Float]) {
        var loss = 0.0
        var dLogits = [Float](repeating: 0, count: logits.count)
        for n in 0..<trace.batch {
            let row = (0..<trace.classes).map { Double(logits[n * trace.classes + $0]) }
            let total = row.reduce(0) { $0 + exp($1) }
            loss += (log(total) - row[n % trace.classes]) / Double(trace.batch)
            for c in row.indices {
                let wanted = c == n % trace.classes ? 1.0 : 0
                dLogits[n * trace.classes + c] = Float((exp(row[c]) / total - wanted) / Double(trace.batch))
            }
        }
        return (loss, dLogits)
    }
}
