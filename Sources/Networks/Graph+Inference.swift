extension Graph.Shape: CustomStringConvertible {
    /// `32x32x3`, as height, width, channels.
    public var description: String { "\(height)x\(width)x\(channels)" }

    var isWithinLimits: Bool {
        (1...Graph.Limits.side).contains(height) && (1...Graph.Limits.side).contains(width)
            && (1...Graph.Limits.channels).contains(channels) && count <= Graph.Limits.activation
    }
}

/// What an operation makes of its inputs: the one place that knows the rules of shapes.
extension Graph.Operation {
    /// As it is called in messages.
    public var title: String {
        switch self {
        case .input: "input"
        case .convolution: "convolution"
        case .batchNorm: "batch norm"
        case .relu: "ReLU"
        case .relu6: "ReLU6"
        case .hardSwish: "hard-swish"
        case .add: "add"
        case .maxPool: "max pooling"
        case .averagePool: "average pooling"
        case .globalAveragePool: "global average pooling"
        case .linear: "linear"
        case .dropout: "dropout"
        case .round: "rounding"
        }
    }

    /// The output's shape for one image. Also checks the operation's own numbers, which may come from a file.
    ///
    /// - Parameter node: names the operation in the error.
    public func outputShape(of inputs: [Graph.Shape], node: String) throws(ShapeError) -> Graph.Shape {
        func require(_ condition: Bool, _ expected: String, _ found: String) throws(ShapeError) {
            if !condition { throw ShapeError(node: node, operation: title, expected: expected, found: found) }
        }
        let arity = inputCount
        try require(inputs.count == arity, "\(arity) input\(arity == 1 ? "" : "s")", "\(inputs.count)")
        let shape: Graph.Shape
        switch self {
        case .input:
            throw ShapeError(node: node, operation: title, expected: "to be the first node only", found: "another")
        case .convolution(let c):
            shape = try c.outputShape(of: inputs[0], require)
        case .batchNorm(let epsilon):
            try require(epsilon > 0 && epsilon.isFinite, "an epsilon above 0", "\(epsilon)")
            shape = inputs[0]
        case .relu, .relu6, .hardSwish:
            shape = inputs[0]
        case .add:
            try require(inputs[0] == inputs[1], "two inputs of one shape", "\(inputs[0]) and \(inputs[1])")
            shape = inputs[0]
        case .maxPool(let pool), .averagePool(let pool):
            shape = try pool.outputShape(of: inputs[0], require)
        case .globalAveragePool:
            shape = Graph.Shape(height: 1, width: 1, channels: inputs[0].channels)
        case .linear(let outputs):
            try require(
                (1...Graph.Limits.channels).contains(outputs), "1 to \(Graph.Limits.channels) outputs", "\(outputs)")
            shape = Graph.Shape(height: 1, width: 1, channels: outputs)
        case .dropout(let rate):
            try require(rate >= 0 && rate < 1, "a rate from 0 to below 1", "\(rate)")
            shape = inputs[0]
        case .round(let rounding):
            try require(
                rounding.scale > 0 && rounding.scale.isFinite, "a scale above 0", "\(rounding.scale)")
            shape = inputs[0]
        }
        try require(
            shape.isWithinLimits,
            "an output of at most \(Graph.Limits.activation) values, sides up to \(Graph.Limits.side)",
            "\(shape)")
        return shape
    }

    /// Roles and shapes of the operation's parameters, in the order of `Graph.Node.parameters`.
    ///
    /// - Parameter input: a shape that `outputShape` accepts.
    public func parameterShapes(input: Graph.Shape) -> [(role: Graph.Parameter.Role, shape: [Int])] {
        switch self {
        case .convolution(let c):
            let weight = [c.outputs, c.kernelHeight, c.kernelWidth, input.channels / c.groups]
            return [(.weight, weight)] + (c.bias ? [(.bias, [c.outputs])] : [])
        case .batchNorm:
            let roles: [Graph.Parameter.Role] = [.normScale, .normShift, .runningMean, .runningVariance]
            return roles.map { ($0, [input.channels]) }
        case .linear(let outputs):
            return [(.weight, [outputs, input.count]), (.bias, [outputs])]
        case .input, .relu, .relu6, .hardSwish, .add, .maxPool, .averagePool, .globalAveragePool, .dropout, .round:
            return []
        }
    }

    private var inputCount: Int {
        switch self {
        case .input: 0
        case .add: 2
        default: 1
        }
    }
}

private typealias Requirement = (_ condition: Bool, _ expected: String, _ found: String) throws(ShapeError) -> Void

extension Graph.Convolution {
    fileprivate func outputShape(of input: Graph.Shape, _ require: Requirement) throws(ShapeError) -> Graph.Shape {
        let limit = Graph.Limits.window
        let window = 1...limit
        try require(
            window.contains(kernelHeight) && window.contains(kernelWidth), "kernel sides of 1 to \(limit)",
            "\(kernelHeight)x\(kernelWidth)")
        try require(window.contains(stride), "a stride of 1 to \(limit)", "\(stride)")
        let pads = [padTop, padLeft, padBottom, padRight]
        try require(pads.allSatisfy { (0...limit).contains($0) }, "padding of 0 to \(limit)", "\(pads)")
        try require(
            (1...Graph.Limits.channels).contains(outputs), "1 to \(Graph.Limits.channels) outputs", "\(outputs)")
        try require(
            groups >= 1 && input.channels % groups == 0 && outputs % groups == 0,
            "groups that divide \(input.channels) input and \(outputs) output channels", "\(groups)")
        let height = input.height + padTop + padBottom
        let width = input.width + padLeft + padRight
        try require(
            height >= kernelHeight && width >= kernelWidth,
            "an input, with its padding, of at least the kernel's \(kernelHeight)x\(kernelWidth)", "\(height)x\(width)")
        return Graph.Shape(
            height: (height - kernelHeight) / stride + 1, width: (width - kernelWidth) / stride + 1, channels: outputs)
    }
}

extension Graph.Pool {
    fileprivate func outputShape(of input: Graph.Shape, _ require: Requirement) throws(ShapeError) -> Graph.Shape {
        let limit = Graph.Limits.window
        try require((1...limit).contains(size), "a window of 1 to \(limit)", "\(size)")
        try require((1...limit).contains(stride), "a stride of 1 to \(limit)", "\(stride)")
        // A window that lay in the padding alone would have neither a maximum nor a mean.
        try require((0..<size).contains(padding), "padding from 0 to below the window of \(size)", "\(padding)")
        let height = input.height + 2 * padding
        let width = input.width + 2 * padding
        try require(
            height >= size && width >= size, "an input, with its padding, of at least the window's \(size)x\(size)",
            "\(height)x\(width)")
        return Graph.Shape(
            height: (height - size) / stride + 1, width: (width - size) / stride + 1, channels: input.channels)
    }
}
