/// Makes a graph node by node: infers shapes and lays out parameters.
///
/// ```swift
/// var builder = try GraphBuilder(input: Graph.Shape(height: 32, width: 32, channels: 3))
/// let conv = try builder.convolution(builder.input, "conv", outputs: 16, kernel: 3)
/// let norm = try builder.batchNorm(conv, "norm")
/// let pool = try builder.append(.globalAveragePool, [try builder.append(.relu, [norm], "relu")], "pool")
/// try builder.append(.linear(outputs: 10), [pool], "classifier")
/// let graph = builder.graph()
/// ```
public struct GraphBuilder: Sendable {
    /// Parameters start at multiples of this many floats: one cache line, one vector of the widest ISA.
    public static let alignment = 16

    private var nodes: [Graph.Node]
    private var parameters: [Graph.Parameter] = []
    private var names: Set<String> = ["input"]

    public init(input: Graph.Shape) throws(ShapeError) {
        guard input.isWithinLimits else {
            throw ShapeError(
                node: "input", operation: "input",
                expected: "sides of 1 to \(Graph.Limits.side), at most \(Graph.Limits.activation) values",
                found: "\(input)")
        }
        nodes = [Graph.Node(name: "input", operation: .input, inputs: [], shape: input, parameters: [])]
    }

    /// Index of the input's node.
    public var input: Int { 0 }
    /// Index of the node appended last.
    public var last: Int { nodes.count - 1 }

    public func shape(of node: Int) -> Graph.Shape { nodes[node].shape }

    /// What was appended so far; its last node gives the logits.
    public func graph() -> Graph { Graph(nodes: nodes, parameters: parameters) }

    /// Appends a node and its parameters.
    ///
    /// - Parameters:
    ///   - inputs: indices that earlier calls gave.
    ///   - name: unique in the graph.
    /// - Returns: the node's index.
    @discardableResult
    public mutating func append(
        _ operation: Graph.Operation, _ inputs: [Int], _ name: String
    ) throws(ShapeError) -> Int {
        func fail(_ expected: String, _ found: String) -> ShapeError {
            ShapeError(node: name, operation: operation.title, expected: expected, found: found)
        }
        guard nodes.count < Graph.Limits.nodes else { throw fail("at most \(Graph.Limits.nodes) nodes", "another") }
        guard !name.isEmpty, name.utf8.count <= Graph.Limits.name else {
            throw fail("a name of 1 to \(Graph.Limits.name) bytes", "\(name.utf8.count) bytes")
        }
        guard !names.contains(name) else { throw fail("a name of its own", "one that another node has") }
        for index in inputs where !nodes.indices.contains(index) {
            throw fail("inputs among the \(nodes.count) nodes before", "\(index)")
        }
        let shapes = inputs.map { nodes[$0].shape }
        let shape = try operation.outputShape(of: shapes, node: name)
        let first = parameters.count
        for (role, shape) in operation.parameterShapes(input: shapes[0]) {
            let count = shape.reduce(1, *)
            let offset = parameters.last.map { Self.aligned($0.offset + $0.count) } ?? 0
            guard count <= Graph.Limits.storage, offset <= Graph.Limits.storage - count else {
                parameters.removeSubrange(first...)
                throw fail("at most \(Graph.Limits.storage) parameters in all", "\(offset) and \(count) more")
            }
            let parameter = Graph.Parameter(
                name: "\(name).\(role.rawValue)", role: role, shape: shape, offset: offset, count: count)
            parameters.append(parameter)
        }
        names.insert(name)
        nodes.append(
            Graph.Node(
                name: name, operation: operation, inputs: inputs, shape: shape,
                parameters: Array(first..<parameters.count)))
        return last
    }

    static func aligned(_ offset: Int) -> Int { (offset + alignment - 1) / alignment * alignment }
}

extension GraphBuilder {
    /// A square convolution with PyTorch's usual padding of (kernel - 1) / 2 on every side, without bias.
    @discardableResult
    public mutating func convolution(
        _ node: Int, _ name: String, outputs: Int, kernel: Int, stride: Int = 1, groups: Int = 1, bias: Bool = false
    ) throws(ShapeError) -> Int {
        let pad = (kernel - 1) / 2
        let convolution = Graph.Convolution(
            outputs: outputs, kernelHeight: kernel, kernelWidth: kernel, stride: stride, padTop: pad, padLeft: pad,
            padBottom: pad, padRight: pad, groups: groups, bias: bias)
        return try append(.convolution(convolution), [node], name)
    }

    /// A batch norm with PyTorch's default epsilon.
    @discardableResult
    public mutating func batchNorm(_ node: Int, _ name: String) throws(ShapeError) -> Int {
        try append(.batchNorm(epsilon: 1e-5), [node], name)
    }
}
