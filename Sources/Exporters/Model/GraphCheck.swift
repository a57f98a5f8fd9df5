import Networks

/// A graph that came from a file and cannot be run.
public struct InvalidGraph: Error, Equatable, CustomStringConvertible {
    /// The node's or parameter's name, or its index.
    public var place: String
    public var reason: String
    public var description: String { "the network in the file is broken at \(place): \(reason)" }
}

/// Checks a decoded graph before anything allocates or computes by it: order, shapes, parameters, storage.
struct GraphCheck {
    /// Floats of one activation and of all parameters that are believed: 8 GiB.
    static let maximumCount = 1 << 31
    /// Width, height, channels, kernel sides, strides.
    static let maximumSide = 1 << 24

    private let graph: Graph

    static func check(_ graph: Graph) throws(InvalidGraph) {
        let check = GraphCheck(graph: graph)
        try check.checkStorage()
        try check.checkNodes()
    }

    private init(graph: Graph) { self.graph = graph }

    /// Parameters do not overlap, are as large as their shapes, and each belongs to one node.
    private func checkStorage() throws(InvalidGraph) {
        var end = 0
        for parameter in graph.parameters {
            guard let count = Self.product(parameter.shape), count == parameter.count else {
                throw InvalidGraph(place: parameter.name, reason: "\(parameter.count) values in \(parameter.shape)")
            }
            // Gaps are for alignment only: a small file cannot ask for a large buffer.
            guard parameter.offset >= end, parameter.offset < end + 16, parameter.offset % 16 == 0 else {
                throw InvalidGraph(place: parameter.name, reason: "its offset \(parameter.offset) cannot be")
            }
            end = parameter.offset + count
        }
        let used = graph.nodes.flatMap(\.parameters).sorted()
        guard used == Array(graph.parameters.indices) else {
            throw InvalidGraph(place: "its parameters", reason: "some belong to no node, to several, or do not exist")
        }
    }

    private func checkNodes() throws(InvalidGraph) {
        guard let first = graph.nodes.first, let last = graph.nodes.last, first.operation == .input else {
            throw InvalidGraph(place: "its first node", reason: "it is no input")
        }
        guard first.shape.isBelievable else {
            throw InvalidGraph(place: first.name, reason: "its shape \(first.shape) cannot be")
        }
        var names: Set<String> = []
        for (index, node) in graph.nodes.enumerated() {
            guard !node.name.isEmpty, names.insert(node.name).inserted else {
                throw InvalidGraph(place: "node \(index)", reason: "its name '\(node.name)' is empty or taken")
            }
            if index > 0 { try check(node, at: index) }
        }
        guard last.shape.height == 1, last.shape.width == 1 else {
            throw InvalidGraph(place: last.name, reason: "the last node's shape is \(last.shape), not 1 x 1 x classes")
        }
    }

    private func check(_ node: Graph.Node, at index: Int) throws(InvalidGraph) {
        let inputs = node.operation == .add ? 2 : 1
        guard node.inputs.count == inputs, node.inputs.allSatisfy({ (0..<index).contains($0) }) else {
            throw InvalidGraph(
                place: node.name, reason: "its inputs are \(node.inputs); needed are \(inputs) earlier nodes")
        }
        let from = graph.nodes[node.inputs[0]].shape
        guard let expected = Expectation(node.operation, input: from) else {
            throw InvalidGraph(place: node.name, reason: "\(node.operation) does not work on \(from)")
        }
        guard node.shape == expected.shape, node.shape.isBelievable else {
            throw InvalidGraph(place: node.name, reason: "its shape is \(node.shape), and should be \(expected.shape)")
        }
        if node.operation == .add, graph.nodes[node.inputs[1]].shape != from {
            throw InvalidGraph(place: node.name, reason: "it adds different shapes")
        }
        let found = node.parameters.map { graph.parameters[$0] }
        guard found.map(\.shape) == expected.parameters.map(\.shape),
            found.map(\.role) == expected.parameters.map(\.role)
        else {
            throw InvalidGraph(
                place: node.name,
                reason: "its parameters are \(found.map(\.shape)), and should be \(expected.parameters.map(\.shape))")
        }
    }

    /// `nil`: negative or too large.
    fileprivate static func product(_ shape: [Int]) -> Int? {
        var product = 1
        for dimension in shape {
            guard (1...maximumCount).contains(dimension), product <= maximumCount / dimension else { return nil }
            product *= dimension
        }
        return product
    }
}

extension Graph.Shape {
    fileprivate var isBelievable: Bool {
        [height, width, channels].allSatisfy { $0 <= GraphCheck.maximumSide }
            && GraphCheck.product([height, width, channels]) != nil
    }
}

/// What an operation makes of an input, and the parameters it needs for that.
private struct Expectation {
    var shape: Graph.Shape
    var parameters: [(role: Graph.Parameter.Role, shape: [Int])] = []

    /// `nil`: the operation is impossible on this input.
    init?(_ operation: Graph.Operation, input: Graph.Shape) {
        shape = input
        let channels = input.channels
        switch operation {
        case .input:
            return nil
        case .relu, .relu6, .hardSwish, .add:
            break
        case .dropout(let rate):
            guard rate >= 0, rate < 1 else { return nil }
        case .batchNorm(let epsilon):
            guard epsilon.isFinite, epsilon >= 0 else { return nil }
            parameters = [.normScale, .normShift, .runningMean, .runningVariance].map { ($0, [channels]) }
        case .globalAveragePool:
            shape = Graph.Shape(height: 1, width: 1, channels: channels)
        case .linear(let outputs):
            guard Self.sides.contains(outputs) else { return nil }
            shape = Graph.Shape(height: 1, width: 1, channels: outputs)
            parameters = [(.weight, [outputs, input.count]), (.bias, [outputs])]
        case .maxPool(let pool), .averagePool(let pool):
            guard Self.sides.contains(pool.size), pool.padding * 2 <= pool.size,
                let height = Self.steps(input.height, pool.padding, pool.padding, pool.size, pool.stride),
                let width = Self.steps(input.width, pool.padding, pool.padding, pool.size, pool.stride)
            else { return nil }
            shape = Graph.Shape(height: height, width: width, channels: channels)
        case .convolution(let c):
            guard Self.sides.contains(c.groups), Self.sides.contains(c.outputs), channels % c.groups == 0,
                c.outputs % c.groups == 0,
                let height = Self.steps(input.height, c.padTop, c.padBottom, c.kernelHeight, c.stride),
                let width = Self.steps(input.width, c.padLeft, c.padRight, c.kernelWidth, c.stride)
            else { return nil }
            shape = Graph.Shape(height: height, width: width, channels: c.outputs)
            parameters = [(.weight, [c.outputs, c.kernelHeight, c.kernelWidth, channels / c.groups])]
            if c.bias { parameters.append((.bias, [c.outputs])) }
        }
    }

    private static let sides = 1...GraphCheck.maximumSide

    /// Positions of a window on a padded side.
    private static func steps(_ side: Int, _ before: Int, _ after: Int, _ window: Int, _ stride: Int) -> Int? {
        guard (0...GraphCheck.maximumSide).contains(before), (0...GraphCheck.maximumSide).contains(after),
            sides.contains(window), sides.contains(stride), side + before + after >= window
        else { return nil }
        return (side + before + after - window) / stride + 1
    }
}
