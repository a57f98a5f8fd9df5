/// A model as its file says, decoded and checked: every value has one origin, and nodes come behind what they read.
struct ONNXModel: Sendable {
    /// The file's name as the user knows it.
    let file: String
    /// Version of the standard's operator set.
    let opset: Int
    let nodes: [Node]
    /// Constants and weights by name.
    let initializers: [String: Tensor]
    /// Graph inputs that no initializer gives.
    let inputs: [Input]
    let outputs: [String]
    let metadata: [String: String]

    struct Node: Sendable {
        let name: String
        let operation: String
        let domain: String
        /// Empty where an optional input is left out.
        let inputs: [String]
        /// Empty where an optional output is left out.
        let outputs: [String]
        let attributes: Attributes
    }

    struct Input: Sendable {
        let name: String
        /// `nil` where the file does not say it, or where it is no tensor.
        let type: ElementType?
        /// `nil` where the file does not say it.
        let shape: [Dimension]?
    }

    enum Dimension: Sendable, Equatable {
        case fixed(Int)
        /// Known at run time only, perhaps by a name.
        case free(String)
    }

    func place(_ node: Node) -> ImportError.Node {
        ImportError.Node(name: node.name, operation: node.operation, opset: opset)
    }

    /// An operator's complaint with its place in the file.
    func error(_ error: OperatorError, at node: Node) -> ImportError {
        ImportError(
            file: file, node: place(node), reason: error.reason,
            advice: error.isUnsupported ? ImportError.exportPlainly : ImportError.exportAgain)
    }

    func error(_ reason: String, advice: String = ImportError.exportPlainly) -> ImportError {
        ImportError(file: file, reason: reason, advice: advice)
    }

    /// The nodes that the given values depend on, in order.
    func nodes(neededFor values: [String]) -> [Node] {
        var wanted = Set(values)
        var kept: [Node] = []
        for node in nodes.reversed() where node.outputs.contains(where: { !$0.isEmpty && wanted.contains($0) }) {
            kept.append(node)
            wanted.formUnion(node.inputs)
        }
        return kept.reversed()
    }
}
