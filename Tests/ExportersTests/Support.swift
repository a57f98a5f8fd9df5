import Compute
import Exporters
import Foundation
import Networks

/// A folder that goes away with the value.
final class TemporaryFolder: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("distilld-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appendingPathComponent(name).path }
}

/// A network with values, ready to be written.
struct Sample {
    var graph: Graph
    var parameters: ParameterBuffer
    var metadata: ModelMetadata

    init(_ graph: Graph, seed: UInt64 = 1) {
        self.graph = graph
        parameters = .initialized(for: graph, seed: seed)
        for (index, parameter) in graph.parameters.enumerated() where parameter.role != .weight {
            // What a trained network has: everything apart from its initial value, variances positive.
            var random = CounterRandom(seed: seed, stream: 500, UInt32(index))
            for i in parameters[parameter].indices { parameters[parameter][i] += 0.4 * (random.uniform() - 0.5) }
        }
        let channels = graph.input.channels
        metadata = ModelMetadata(
            name: "sample", classes: (0..<graph.classes).map { "class \($0)" },
            preprocessing: Preprocessing(
                width: graph.input.width, height: graph.input.height, channels: channels, fit: .crop,
                background: "#102030", mean: Array([0.5, 0.25, 0.125].prefix(channels)),
                std: Array([0.25, 0.5, 0.75].prefix(channels))),
            facts: ["job.id": "20240607-1", "test.accuracy": "0.9123"])
    }

    /// With running statistics near those of noise, so that logits are of the size of 1 at any depth.
    static func preset(
        _ name: String, height: Int = 16, width: Int = 12, channels: Int = 3, classes: Int = 10, factor: Double = 1
    ) throws -> Sample {
        let graph = try Presets.make(
            name, width: factor, input: Graph.Shape(height: height, width: width, channels: channels),
            classes: classes)
        let sample = Sample(graph)
        let network = TrainingNetwork(
            graph: graph, parameters: sample.parameters, maximumBatch: 4, pool: ThreadPool(threads: 2))
        let images = sample.images(4, seed: 90)
        network.input.update(from: images, count: images.count)
        for step in 0..<20 { network.forward(count: 4, seed: 1, step: step) }
        return sample
    }

    /// N,H,W,C.
    func images(_ count: Int, seed: UInt64 = 9) -> [Float] {
        var random = CounterRandom(seed: seed, stream: 600)
        return (0..<count * graph.input.count).map { _ in 2 * random.uniform() - 1 }
    }

    func logits(_ images: [Float]) -> [Float] {
        let count = images.count / graph.input.count
        let network = InferenceNetwork(
            graph: graph, parameters: parameters, maximumBatch: count, pool: ThreadPool(threads: 1))
        network.input.update(from: images, count: images.count)
        network.forward(count: count)
        return Array(UnsafeBufferPointer(start: network.logits, count: count * graph.classes))
    }

    func onnx() throws -> [UInt8] {
        try ONNXExporter.export(graph: graph, parameters: parameters, metadata: metadata, producerVersion: "1.2.3")
    }

    var saved: SavedModel { SavedModel(graph: graph, parameters: parameters, metadata: metadata) }

    /// N,H,W,C to N,C,H,W.
    func channelsFirst(_ images: [Float]) -> [Float] {
        let (pixels, channels) = (graph.input.height * graph.input.width, graph.input.channels)
        return images.indices.map { i in
            let (image, c, p) = (i / (pixels * channels), i / pixels % channels, i % pixels)
            return images[(image * pixels + p) * channels + c]
        }
    }
}

/// Every operation, and the ways in which shapes meet: flat and spatial values, dropout, norms that stay, names taken.
enum OddGraphs {
    static func all() throws -> [(name: String, graph: Graph)] {
        try [
            ("everything", everything()), ("flat values", flat()), ("taken names", names()),
            ("pooled logits", pooled()),
        ]
    }

    static func everything() throws -> Graph {
        var builder = try GraphBuilder(input: Graph.Shape(height: 9, width: 7, channels: 3))
        let uneven = Graph.Convolution(
            outputs: 8, kernelHeight: 3, kernelWidth: 2, stride: 1, padTop: 2, padLeft: 0, padBottom: 0, padRight: 1,
            groups: 1, bias: true)
        let conv = try builder.append(.convolution(uneven), [builder.input], "uneven")
        let norm = try builder.append(.batchNorm(epsilon: 1e-3), [conv], "norm")
        let swish = try builder.append(.hardSwish, [norm], "swish")
        let grouped = try builder.convolution(swish, "grouped", outputs: 8, kernel: 3, groups: 4)
        let depthwise = try builder.convolution(grouped, "depthwise", outputs: 8, kernel: 3, groups: 8, bias: true)
        let sum = try builder.append(.add, [depthwise, conv], "sum")
        let clipped = try builder.append(.relu6, [sum], "clipped")
        let dropped = try builder.append(.dropout(rate: 0.5), [clipped], "dropped")
        let largest = try builder.append(.maxPool(.init(size: 3, stride: 2, padding: 1)), [dropped], "largest")
        let mean = try builder.append(.averagePool(.init(size: 3, stride: 1, padding: 1)), [largest], "mean")
        let clippedAgain = try builder.append(.relu6, [mean], "clippedAgain")
        // On H,W,C, so that the weight's columns must change their order.
        try builder.append(.linear(outputs: 4), [clippedAgain], "classifier")
        return builder.graph()
    }

    /// Linear layers in a row, a norm and an activation between them, and a sum with a spatial value.
    static func flat() throws -> Graph {
        var builder = try GraphBuilder(input: Graph.Shape(height: 4, width: 5, channels: 3))
        let pool = try builder.append(.globalAveragePool, [builder.input], "pool")
        let first = try builder.append(.linear(outputs: 3), [builder.input], "first")
        let sum = try builder.append(.add, [first, pool], "sum")
        let second = try builder.append(.linear(outputs: 6), [sum], "second")
        let norm = try builder.batchNorm(second, "norm")
        let relu = try builder.append(.relu, [norm], "relu")
        let conv = try builder.convolution(relu, "conv", outputs: 5, kernel: 1, bias: true)
        let last = try builder.append(.linear(outputs: 2), [conv], "last")
        try builder.append(.dropout(rate: 0.1), [last], "dropout")
        return builder.graph()
    }

    /// Nodes called as the exporter calls its own values, and as other nodes' parameters are called.
    static func names() throws -> Graph {
        var builder = try GraphBuilder(input: Graph.Shape(height: 3, width: 3, channels: 1))
        try builder.convolution(builder.last, "logits", outputs: 4, kernel: 3)
        try builder.append(.relu6, [builder.last], "zero")
        try builder.append(.relu, [builder.last], "image")
        try builder.convolution(builder.last, "image.2", outputs: 4, kernel: 3, bias: true)
        try builder.append(.relu, [builder.last], "image.2.weight")
        try builder.append(.linear(outputs: 3), [builder.last], "output")
        return builder.graph()
    }

    /// Logits of 1 x 1 x classes that are not flat.
    static func pooled() throws -> Graph {
        var builder = try GraphBuilder(input: Graph.Shape(height: 5, width: 5, channels: 3))
        try builder.convolution(builder.last, "conv", outputs: 6, kernel: 3, bias: true)
        try builder.append(.globalAveragePool, [builder.last], "pool")
        return builder.graph()
    }
}

func largestDifference<A: BinaryFloatingPoint, B: BinaryFloatingPoint>(
    _ a: some Collection<A>, _ b: some Collection<B>
) -> Double {
    guard a.count == b.count else { return .infinity }
    return zip(a, b).reduce(0) { largest, pair in
        let difference = abs(Double(pair.0) - Double(pair.1))
        return difference.isNaN ? .infinity : max(largest, difference)
    }
}
