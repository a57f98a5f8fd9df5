import Testing

/// An ONNX file by the field numbers of its specification (https://onnx.ai/onnx/repo-docs/IR.html).
struct ONNXFile {
    struct Node {
        var name: String
        var operation: String
        var inputs, outputs: [String]
        var ints: [String: [Int]] = [:]
        var floats: [String: Float] = [:]
    }
    struct Tensor: Equatable {
        var shape: [Int]
        /// 1: float; 7: int64.
        var type: Int
        var floats: [Float] = []
        var ints: [Int] = []
        var count: Int { shape.reduce(1, *) }
    }
    /// A value's name, element type, and sizes; a size that is free is its name.
    struct Description: Equatable {
        var name: String
        var type: Int
        var sizes: [String]
    }

    var irVersion: Int
    var producer, producerVersion, explanation: String
    /// By domain.
    var opsets: [String: Int] = [:]
    var metadata: [String: String] = [:]
    var graphName: String
    var nodes: [Node]
    var initializers: [String: Tensor] = [:]
    var initializerNames: [String]
    var inputs, outputs, values: [Description]

    init(_ bytes: [UInt8]) throws {
        let model = try WireMessage(bytes)
        irVersion = try #require(model.int(1))
        producer = try #require(model.string(2))
        producerVersion = try #require(model.string(3))
        explanation = try #require(model.string(6))
        for opset in try model.messages(8) { opsets[opset.string(1) ?? ""] = opset.int(2) }
        for entry in try model.messages(14) { metadata[try #require(entry.string(1))] = entry.string(2) }
        let graph = try model.message(7)
        graphName = try #require(graph.string(2))
        nodes = try graph.messages(1).map(Self.node)
        initializerNames = []
        for message in try graph.messages(5) {
            let name = try #require(message.string(8))
            initializerNames.append(name)
            initializers[name] = try Self.tensor(message)
        }
        inputs = try graph.messages(11).map(Self.description)
        outputs = try graph.messages(12).map(Self.description)
        values = try graph.messages(13).map(Self.description)
    }

    private static func node(_ message: WireMessage) throws -> Node {
        var node = Node(
            name: try #require(message.string(3)), operation: try #require(message.string(4)),
            inputs: message.strings(1), outputs: message.strings(2))
        for attribute in try message.messages(5) {
            let name = try #require(attribute.string(1))
            // 1: FLOAT in field 2; 2: INT in field 3; 7: INTS in field 8.
            switch try #require(attribute.int(20)) {
            case 1: node.floats[name] = attribute.float(2)
            case 2: node.ints[name] = [try #require(attribute.int(3))]
            case 7: node.ints[name] = attribute.ints(8)
            default: Issue.record("attribute \(name) is of an unexpected type")
            }
        }
        return node
    }

    private static func tensor(_ message: WireMessage) throws -> Tensor {
        var tensor = Tensor(shape: message.ints(1), type: try #require(message.int(2)))
        if tensor.type == 1 {
            let raw = try #require(message.bytes(9).first)
            tensor.floats = stride(from: 0, to: raw.count, by: 4).map { at in
                Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(raw[at + $1]) << (8 * UInt32($1)) })
            }
        } else {
            tensor.ints = message.ints(7)
        }
        #expect(max(tensor.floats.count, tensor.ints.count) == tensor.count)
        return tensor
    }

    private static func description(_ message: WireMessage) throws -> Description {
        let tensor = try message.message(2).message(1)
        return Description(
            name: try #require(message.string(1)), type: try #require(tensor.int(1)),
            sizes: try tensor.message(2).messages(1).map { $0.string(2) ?? "\($0.int(1) ?? -1)" })
    }
}
