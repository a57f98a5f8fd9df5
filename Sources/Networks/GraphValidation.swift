/// A graph, usually from a file, that does not describe a network.
public struct GraphError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Where: `node 3 'stem.conv'`, `parameter 7 'stem.conv.weight'`, or `graph`.
    public let place: String
    public let reason: String

    public init(place: String, reason: String) {
        self.place = place
        self.reason = reason
    }

    public var description: String { "\(place): \(reason)" }
}

extension Graph {
    /// Throws unless the graph is one that networks may be made of, whatever its origin: an input first, every node
    /// behind its inputs and read by a later one, shapes and sizes as its operations make them, parameters that are
    /// in order, apart from each other and used once, and logits of 1 x 1 x classes at the end.
    ///
    /// To be called on every graph that was decoded; other code relies on what it checks.
    public func validate() throws(GraphError) {
        try validateNodes()
        try validateParameters()
    }

    private func validateNodes() throws(GraphError) {
        guard let first = nodes.first, first.operation == .input, first.inputs.isEmpty, first.parameters.isEmpty else {
            throw GraphError(
                place: "graph", reason: "its first node must be the input, with no inputs and no parameters")
        }
        guard nodes.count <= Limits.nodes else {
            throw GraphError(place: "graph", reason: "\(nodes.count) nodes, at most \(Limits.nodes) are allowed")
        }
        guard first.shape.isWithinLimits else {
            throw GraphError(place: place(0), reason: "an input of \(first.shape) is empty or too large")
        }
        var names: Set<String> = []
        var isRead = [Bool](repeating: false, count: nodes.count)
        for (index, node) in nodes.enumerated() {
            guard !node.name.isEmpty, node.name.utf8.count <= Limits.name, names.insert(node.name).inserted else {
                throw GraphError(place: place(index), reason: "the name is empty, too long or used twice")
            }
            guard index > 0 else { continue }
            for input in node.inputs {
                guard (0..<index).contains(input) else {
                    throw GraphError(place: place(index), reason: "reads node \(input), which is not before it")
                }
                isRead[input] = true
            }
            if case .round = node.operation {
                throw GraphError(place: place(index), reason: "rounds values, as only networks in training do")
            }
            let shape: Shape
            do {
                shape = try node.operation.outputShape(of: node.inputs.map { nodes[$0].shape }, node: node.name)
            } catch {
                throw GraphError(place: "node \(index)", reason: error.description)
            }
            guard shape == node.shape else {
                throw GraphError(place: place(index), reason: "gives \(shape), but is said to give \(node.shape)")
            }
        }
        if let unread = isRead.dropLast().firstIndex(of: false) {
            throw GraphError(place: place(unread), reason: "no later node reads its output")
        }
        let last = nodes[nodes.count - 1]
        guard nodes.count > 1, last.shape.height == 1, last.shape.width == 1 else {
            throw GraphError(
                place: place(nodes.count - 1),
                reason: "the last node must give logits of 1x1xCLASSES, not \(last.shape)")
        }
    }

    private func validateParameters() throws(GraphError) {
        var isUsed = [Bool](repeating: false, count: parameters.count)
        for (index, node) in nodes.enumerated().dropFirst() {
            let expected = node.operation.parameterShapes(input: nodes[node.inputs[0]].shape)
            guard node.parameters.count == expected.count else {
                throw GraphError(
                    place: place(index), reason: "has \(node.parameters.count) parameters instead of \(expected.count)")
            }
            for (parameter, (role, shape)) in zip(node.parameters, expected) {
                guard parameters.indices.contains(parameter), !isUsed[parameter] else {
                    throw GraphError(
                        place: place(index), reason: "parameter \(parameter) does not exist or belongs to two nodes")
                }
                isUsed[parameter] = true
                let found = parameters[parameter]
                guard found.role == role, found.shape == shape, found.name == "\(node.name).\(role.rawValue)" else {
                    throw GraphError(
                        place: "parameter \(parameter) '\(found.name)'",
                        reason: "is \(found.role.rawValue) \(found.shape), but '\(node.name)' needs a parameter "
                            + "'\(node.name).\(role.rawValue)', \(role.rawValue) \(shape)")
                }
            }
        }
        // Shapes are those of valid operations now, so their products fit in an Int.
        var end = 0
        for (index, parameter) in parameters.enumerated() {
            let place = "parameter \(index) '\(parameter.name)'"
            guard isUsed[index] else { throw GraphError(place: place, reason: "belongs to no node") }
            guard parameter.count == parameter.shape.reduce(1, *) else {
                throw GraphError(
                    place: place, reason: "has \(parameter.count) values, but its shape is \(parameter.shape)")
            }
            guard parameter.offset == GraphBuilder.aligned(end) else {
                throw GraphError(
                    place: place, reason: "its offset is \(parameter.offset), not \(GraphBuilder.aligned(end))")
            }
            guard parameter.offset <= Limits.storage, parameter.count <= Limits.storage - parameter.offset else {
                throw GraphError(place: place, reason: "ends beyond the limit of \(Limits.storage) values in all")
            }
            end = parameter.offset + parameter.count
        }
    }

    private func place(_ index: Int) -> String { "node \(index) '\(nodes[index].name)'" }
}
