import Compute
import Networks
import Testing

/// A small graph with what PyTorch makes of it: one row of `Goldens/layers.json`.
struct LayerCase: Decodable, Sendable, CustomTestStringConvertible {
    struct Node: Decodable, Sendable {
        var op: String
        var inputs: [Int]
        var outputs: Int?
        var kernel: [Int]?
        /// Top, left, bottom, right.
        var pads: [Int]?
        var stride: Int?
        var groups: Int?
        var bias: Bool?
        var size: Int?
        var padding: Int?
        var rate: Float?
    }

    var name: String
    /// Height, width, channels.
    var input: [Int]
    var images: Int
    /// Of the input's noise.
    var scale: Float
    var nodes: [Node]
    /// With the batch's statistics.
    var logits: [Float]
    /// With the running statistics as they were.
    var evaluation: [Float]
    /// For each parameter its gradient; for running statistics their new values. O,H,W,I.
    var after: [[Float]]

    var testDescription: String { name }

    static func load() throws -> [LayerCase] { try Goldens.load("layers") }

    func graph() throws -> Graph {
        var builder = try GraphBuilder(input: Graph.Shape(height: input[0], width: input[1], channels: input[2]))
        for (index, node) in nodes.enumerated() {
            try builder.append(try #require(node.operation, "\(node.op)"), node.inputs, "node\(index + 1)")
        }
        return builder.graph()
    }

    func imageValues(_ graph: Graph) -> [Float] { noise(images * graph.input.count, stream: 1).map { $0 * scale } }
    func gradient(_ graph: Graph) -> [Float] { noise(images * graph.classes, stream: 2) }
}

extension LayerCase.Node {
    var operation: Graph.Operation? {
        switch op {
        case "convolution":
            guard let outputs, let kernel, let pads, let stride, let groups, let bias else { return nil }
            return .convolution(
                Graph.Convolution(
                    outputs: outputs, kernelHeight: kernel[0], kernelWidth: kernel[1], stride: stride, padTop: pads[0],
                    padLeft: pads[1], padBottom: pads[2], padRight: pads[3], groups: groups, bias: bias))
        case "batchNorm": return .batchNorm(epsilon: 1e-5)
        case "relu": return .relu
        case "relu6": return .relu6
        case "hardSwish": return .hardSwish
        case "add": return .add
        case "maxPool", "averagePool":
            guard let size, let stride, let padding else { return nil }
            let pool = Graph.Pool(size: size, stride: stride, padding: padding)
            return op == "maxPool" ? .maxPool(pool) : .averagePool(pool)
        case "globalAveragePool": return .globalAveragePool
        case "linear": return outputs.map { .linear(outputs: $0) }
        case "dropout": return rate.map { .dropout(rate: $0) }
        default: return nil
        }
    }
}
