import Compression
import Compute
import Networks
import Testing

@Suite struct IntegerNetworkTests {
    static func graphs() throws -> [(String, Graph)] {
        let input = Graph.Shape(height: 17, width: 14, channels: 3)
        return try Presets.names.map { ($0, try Presets.make($0, width: 0.125, input: input, classes: 7)) }
            + [("odd", try OddGraph.make())]
    }

    /// Every preset, on every instruction set, for any number of threads, in batches and alone: what the definition gives.
    @Test func isExact() throws {
        for (name, graph) in try Self.graphs() {
            let sample = Sample(graph)
            let network = sample.quantized()
            let images = sample.images(9)
            let size = graph.input.count
            let expected = (0..<9).flatMap {
                ReferenceExecution.logits(network, Array(images[$0 * size..<($0 + 1) * size]))
            }
            #expect(Set(expected).count > 3, "\(name) says something")
            for kernels in IntegerKernels.available {
                for (threads, batch) in [(1, 9), (3, 9), (2, 64)] {
                    let engine = IntegerNetwork(
                        network, maximumBatch: batch, pool: ThreadPool(threads: threads), kernels: kernels)
                    engine.input.update(from: images, count: images.count)
                    engine.forward(count: 9)
                    let found = Array(UnsafeBufferPointer(start: engine.quantizedLogits, count: expected.count))
                    #expect(found == expected, "\(name), \(kernels.isa), \(threads) threads")
                }
            }
        }
    }

    /// Near the network in single precision.
    @Test(arguments: CalibrationMethod.allCases) func answersAsInSinglePrecision(method: CalibrationMethod) throws {
        for (name, graph) in try Self.graphs() {
            let sample = Sample(graph)
            let images = sample.images(32)
            let wanted = sample.logits(images)
            let engine = IntegerNetwork(
                sample.quantized(method, images: 32), maximumBatch: 32, pool: ThreadPool(threads: 2))
            engine.input.update(from: images, count: images.count)
            engine.forward(count: 32)
            let spread = (wanted.max() ?? 0) - (wanted.min() ?? 0)
            let error = zip(0..<wanted.count, wanted).reduce(Float(0)) { max($0, abs(engine.logits[$1.0] - $1.1)) }
            #expect(error < 0.2 * spread, "\(name): \(error) of \(spread)")
        }
    }
}

/// Every operation, on shapes that are no multiple of anything.
enum OddGraph {
    static func make() throws -> Graph {
        var builder = try GraphBuilder(input: Graph.Shape(height: 9, width: 7, channels: 3))
        let uneven = Graph.Convolution(
            outputs: 6, kernelHeight: 3, kernelWidth: 2, stride: 1, padTop: 2, padLeft: 0, padBottom: 0, padRight: 1,
            groups: 1, bias: true)
        let conv = try builder.append(.convolution(uneven), [builder.input], "uneven")
        let norm = try builder.append(.batchNorm(epsilon: 1e-3), [conv], "norm")
        let swish = try builder.append(.hardSwish, [norm], "swish")
        let grouped = try builder.convolution(swish, "grouped", outputs: 6, kernel: 3, groups: 3)
        let depthwise = try builder.convolution(grouped, "depthwise", outputs: 6, kernel: 3, groups: 6, bias: true)
        let sum = try builder.append(.add, [depthwise, conv], "sum")
        let clipped = try builder.append(.relu6, [sum], "clipped")
        let dropped = try builder.append(.dropout(rate: 0.5), [clipped], "dropped")
        let largest = try builder.append(.maxPool(.init(size: 3, stride: 2, padding: 1)), [dropped], "largest")
        let mean = try builder.append(.averagePool(.init(size: 3, stride: 1, padding: 1)), [largest], "mean")
        let plain = try builder.convolution(mean, "plain", outputs: 5, kernel: 3, stride: 2)
        let relu = try builder.append(.relu, [plain], "relu")
        let both = try builder.append(.add, [relu, plain], "both")
        try builder.append(.linear(outputs: 4), [both], "classifier")
        return builder.graph()
    }
}
