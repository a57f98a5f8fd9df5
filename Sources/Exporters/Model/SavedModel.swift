import Foundation
import Networks

/// A network with all that is needed to use it: the content of `student.safetensors`.
///
/// Tensors have PyTorch's names and layouts: a node's name with `weight`, `bias`, `running_mean` or `running_var`
/// (batch norms: scale is `weight`, shift is `bias`); convolutions O,I,H,W; linear layers O,(C,H,W). A PyTorch module
/// with the same submodule names loads them with `load_state_dict`. The file's metadata holds `distilld.graph` (the
/// JSON of `Graph`), `distilld.classes`, `distilld.preprocessing`, `distilld.name`, `distilld.version`, and the
/// facts of `ModelMetadata`.
public struct SavedModel: Sendable {
    public var graph: Graph
    public var parameters: ParameterBuffer
    public var metadata: ModelMetadata
    public var preprocessing: Preprocessing { metadata.preprocessing }
    public var classes: [String] { metadata.classes }

    /// Of the metadata's keys and meaning.
    static let formatVersion = 1

    public init(graph: Graph, parameters: ParameterBuffer, metadata: ModelMetadata) {
        self.graph = graph
        self.parameters = parameters
        self.metadata = metadata
    }

    /// The bytes of the file, the same for the same model.
    ///
    /// - Throws: `ExportError`.
    public func encoded() throws -> Data {
        try ExportError.check(metadata, graph, parameters)
        var tensors: [Safetensors.Tensor] = []
        for node in graph.nodes {
            let input = node.inputs.first.map { graph.nodes[$0].shape } ?? node.shape
            for index in node.parameters {
                let parameter = graph.parameters[index]
                let layout = TensorLayout(node, parameter, input: input)
                tensors.append(
                    .init(name: layout.name, shape: layout.shape, floats: layout.channelsFirst(parameters[parameter])))
            }
        }
        var strings = metadata.facts
        strings["format"] = "pt"
        strings[Key.version] = String(Self.formatVersion)
        strings[Key.name] = metadata.name
        strings[Key.graph] = try Self.json(graph)
        strings[Key.classes] = try Self.json(metadata.classes)
        strings[Key.preprocessing] = try Self.json(metadata.preprocessing)
        return try Safetensors(metadata: strings, tensors: tensors).encoded()
    }

    /// - Throws: `ExportError`, or what the file system says.
    public func write(to path: String) throws {
        try encoded().write(to: URL(fileURLWithPath: path), options: .atomic)
    }

    static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    enum Key {
        static let version = "distilld.version"
        static let name = "distilld.name"
        static let graph = "distilld.graph"
        static let classes = "distilld.classes"
        static let preprocessing = "distilld.preprocessing"
        static let all: Set<String> = ["format", version, name, graph, classes, preprocessing]
    }
}

/// A parameter as PyTorch names and stores it.
struct TensorLayout {
    enum Order {
        case same, convolution
        case linear(outputs: Int, input: Graph.Shape)
    }

    var name: String
    /// Channels first.
    var shape: [Int]
    private var ownShape: [Int]
    private var order: Order

    init(_ node: Graph.Node, _ parameter: Graph.Parameter, input: Graph.Shape) {
        let suffix =
            switch parameter.role {
            case .weight, .normScale: "weight"
            case .bias, .normShift: "bias"
            case .runningMean: "running_mean"
            case .runningVariance: "running_var"
            }
        name = "\(node.name).\(suffix)"
        ownShape = parameter.shape
        shape = parameter.shape
        order = .same
        guard parameter.role == .weight else { return }
        if case .convolution = node.operation {
            shape = [ownShape[0], ownShape[3], ownShape[1], ownShape[2]]
            order = .convolution
        } else if case .linear(let outputs) = node.operation {
            order = .linear(outputs: outputs, input: input)
        }
    }

    func channelsFirst(_ values: some Collection<Float>) -> [Float] {
        switch order {
        case .same: Array(values)
        case .convolution: ChannelOrder.first(values, shape: ownShape)
        case .linear(let outputs, let input): ChannelOrder.first(values, outputs: outputs, input: input)
        }
    }

    func channelsLast(_ values: [Float]) -> [Float] {
        switch order {
        case .same: values
        case .convolution: ChannelOrder.last(values, shape: ownShape)
        case .linear(let outputs, let input): ChannelOrder.last(values, outputs: outputs, input: input)
        }
    }
}
