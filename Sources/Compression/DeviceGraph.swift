import Compute
import Networks

/// A trained network as a device runs it, still in single precision: few kinds of steps, batch norms and linear layers
/// turned into convolutions, activations part of the steps before them where nothing else reads those.
public struct DeviceGraph: Sendable {
    public struct Value: Sendable, Equatable {
        /// Of the node of the `Graph` that makes it.
        public var name: String
        public var shape: Graph.Shape
    }

    public struct Step: Sendable {
        public var operation: Operation
        /// Indices in `values`, of earlier steps or the input.
        public var inputs: [Int]
        public var output: Int
        /// Applied to the result.
        public var activation: Activation
    }

    public enum Operation: Sendable {
        case convolution(Weights)
        case add
        case maxPool(Graph.Pool)
        /// Padding does not count.
        case averagePool(Graph.Pool)
        case globalAveragePool
        /// Nothing but the step's activation.
        case pointwise
    }

    /// A convolution with its values.
    public struct Weights: Sendable {
        public var geometry: ConvolutionGeometry
        /// O,KH,KW,I/groups
        public var weight: [Float]
        public var bias: [Float]
    }

    /// The first is the network's input.
    public private(set) var values: [Value]
    /// In order; the last one makes the logits.
    public internal(set) var steps: [Step] = []

    public var input: Graph.Shape { values[0].shape }
    public var output: Int { steps.last?.output ?? 0 }

    public init(_ graph: Graph, _ parameters: ParameterBuffer) {
        let (folded, buffer) = graph.foldingBatchNorms(parameters)
        var readers = [Int](repeating: 0, count: folded.nodes.count)
        for node in folded.nodes { for input in node.inputs { readers[input] += 1 } }
        readers[folded.nodes.count - 1] += 1
        values = [Value(name: "input", shape: folded.input)]
        // Of each node of the graph.
        var valueOf = [Int](repeating: 0, count: folded.nodes.count)
        for (index, node) in folded.nodes.enumerated().dropFirst() {
            let source = node.inputs[0]
            let parameters = node.parameters.map { Array(buffer[folded.parameters[$0]]) }
            if let activation = node.operation.deviceActivation {
                if readers[source] == 1, activation != .hardSwish, canActivate(valueOf[source]) {
                    steps[steps.count - 1].activation = activation
                    valueOf[index] = valueOf[source]
                } else {
                    valueOf[index] = append(.pointwise, [valueOf[source]], node, activation)
                }
                continue
            }
            let inputs = node.inputs.map { valueOf[$0] }
            switch node.operation {
            case .dropout: valueOf[index] = inputs[0]
            case .add: valueOf[index] = append(.add, inputs, node)
            case .maxPool(let pool): valueOf[index] = append(.maxPool(pool), inputs, node)
            case .averagePool(let pool): valueOf[index] = append(.averagePool(pool), inputs, node)
            case .globalAveragePool: valueOf[index] = append(.globalAveragePool, inputs, node)
            case .input, .relu, .relu6, .hardSwish:
                preconditionFailure("\(node.name) has been dealt with")
            case .round: preconditionFailure("a network in training for integers")
            case .convolution, .linear, .batchNorm:
                let weights = Self.weights(node.operation, parameters, input: values[inputs[0]].shape)
                valueOf[index] = append(.convolution(weights), inputs, node)
            }
        }
        // A graph without layers gives its input as it is.
        if steps.isEmpty { _ = append(.pointwise, [0], folded.nodes[folded.nodes.count - 1]) }
    }

    /// Whether the value is what the last step has made, with nothing applied to it yet.
    private func canActivate(_ value: Int) -> Bool {
        guard let last = steps.last, last.output == value, last.activation == .none else { return false }
        switch last.operation {
        case .convolution, .add: return true
        default: return false
        }
    }

    private mutating func append(
        _ operation: Operation, _ inputs: [Int], _ node: Graph.Node, _ activation: Activation = .none
    ) -> Int {
        values.append(Value(name: node.name, shape: node.shape))
        steps.append(
            Step(operation: operation, inputs: inputs, output: values.count - 1, activation: activation))
        return values.count - 1
    }

    private static func weights(
        _ operation: Graph.Operation, _ parameters: [[Float]], input: Graph.Shape
    ) -> Weights {
        var geometry = ConvolutionGeometry(
            height: input.height, width: input.width, channels: input.channels, outputs: input.channels,
            kernelHeight: 1, kernelWidth: 1, stride: 1, padTop: 0, padLeft: 0, padBottom: 0, padRight: 0, groups: 1)
        switch operation {
        case .convolution(let c):
            geometry.outputs = c.outputs
            (geometry.kernelHeight, geometry.kernelWidth, geometry.stride) = (c.kernelHeight, c.kernelWidth, c.stride)
            (geometry.padTop, geometry.padLeft, geometry.padBottom, geometry.padRight) =
                (c.padTop, c.padLeft, c.padBottom, c.padRight)
            geometry.groups = c.groups
        case .linear(let outputs):
            // One window over the whole input.
            geometry.outputs = outputs
            (geometry.kernelHeight, geometry.kernelWidth) = (input.height, input.width)
        case .batchNorm(let epsilon):
            geometry.groups = input.channels
            var scale: [Float] = []
            var shift: [Float] = []
            for c in 0..<input.channels {
                let k = Double(parameters[0][c]) / (Double(parameters[3][c]) + Double(epsilon)).squareRoot()
                scale.append(Float(k))
                shift.append(Float(Double(parameters[1][c]) - Double(parameters[2][c]) * k))
            }
            return Weights(geometry: geometry, weight: scale, bias: shift)
        default: preconditionFailure("\(operation.title) has no weights")
        }
        let bias = parameters.count > 1 ? parameters[1] : [Float](repeating: 0, count: geometry.outputs)
        return Weights(geometry: geometry, weight: parameters[0], bias: bias)
    }
}

extension Graph.Operation {
    fileprivate var deviceActivation: Activation? {
        switch self {
        case .relu: .relu
        case .relu6: .relu6
        case .hardSwish: .hardSwish
        default: nil
        }
    }
}

extension Activation {
    func callAsFunction(_ x: Float) -> Float {
        switch self {
        case .none: x
        case .relu: max(x, 0)
        case .relu6: min(max(x, 0), 6)
        case .hardSwish: x * (min(max(x + 3, 0), 6) / 6)
        }
    }
}
