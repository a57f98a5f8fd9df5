import Networks

/// Why a network cannot be written.
public enum ExportError: Error, Equatable, CustomStringConvertible {
    /// A weight is NaN or infinite.
    case notFinite(parameter: String, index: Int)
    /// The graph's output has another number of classes than there are names.
    case classCount(names: Int, logits: Int)
    /// The preprocessing makes another input than the graph takes.
    case inputShape(preprocessing: String, graph: String)
    /// A protocol buffer cannot hold 2 GiB or more.
    case tooLarge(bytes: Int)

    public var description: String {
        switch self {
        case .notFinite(let parameter, let index):
            "value \(index) of \(parameter) is not a finite number: the training has diverged; lower learningRate"
        case .classCount(let names, let logits):
            "there are \(names) class names for a network of \(logits) logits"
        case .inputShape(let preprocessing, let graph):
            "preprocessing gives images of \(preprocessing), the network takes \(graph) (width x height x channels)"
        case .tooLarge(let bytes):
            "the weights take \(bytes) bytes, and an ONNX file holds less than 2 GiB: use a smaller network"
        }
    }

    static func check(_ metadata: ModelMetadata, input: Graph.Shape, classes: Int) throws {
        guard metadata.classes.count == classes else {
            throw ExportError.classCount(names: metadata.classes.count, logits: classes)
        }
        let p = metadata.preprocessing
        guard p.width == input.width, p.height == input.height, p.channels == input.channels else {
            throw ExportError.inputShape(
                preprocessing: "\(p.width) x \(p.height) x \(p.channels)",
                graph: "\(input.width) x \(input.height) x \(input.channels)")
        }
    }

    static func check(_ metadata: ModelMetadata, _ graph: Graph, _ parameters: ParameterBuffer) throws {
        try check(metadata, input: graph.input, classes: graph.classes)
        for parameter in graph.parameters {
            if let index = parameters[parameter].firstIndex(where: { !$0.isFinite }) {
                throw ExportError.notFinite(parameter: parameter.name, index: index)
            }
        }
    }
}
