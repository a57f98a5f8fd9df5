import Compute
import Networks

/// A network to be trained for 8-bit integers: as a device runs it, batch norms part of its convolutions, and with every
/// value and weight rounded to what the integers can stand for (Jacob et al. 2018, "Quantization and training of neural
/// networks for efficient integer-arithmetic-only inference").
public struct RoundedGraph {
    public let graph: Graph
    /// Those of the network before it is trained.
    public let parameters: ParameterBuffer
    private let device: DeviceGraph
    private let values: [QuantizedNetwork.Value]

    /// - Parameters:
    ///   - device: the network.
    ///   - values: the scales and zeros of its values, in its order; they stay as they are.
    /// - Throws: where the network with its roundings has more nodes than a graph may have.
    public init(_ device: DeviceGraph, values: [QuantizedNetwork.Value]) throws(ShapeError) {
        precondition(values.count == device.values.count)
        self.device = device
        self.values = values
        var builder = try GraphBuilder(input: device.input)
        // Of each value: the node that has it rounded.
        var nodes = [try builder.append(.round(values[0].rounding), [builder.input], "input.rounded")]
        for (index, step) in device.steps.enumerated() {
            let name = "step\(index)"
            let inputs = step.inputs.map { nodes[$0] }
            var made =
                switch step.operation {
                case .convolution(let weights):
                    try builder.append(.convolution(Graph.Convolution(weights.geometry)), inputs, name)
                case .add: try builder.append(.add, inputs, name)
                case .maxPool(let pool): try builder.append(.maxPool(pool), inputs, name)
                case .averagePool(let pool): try builder.append(.averagePool(pool), inputs, name)
                case .globalAveragePool: try builder.append(.globalAveragePool, inputs, name)
                case .pointwise: inputs[0]
                }
            if let activation = step.activation.operation {
                made = try builder.append(activation, [made], "\(name).activation")
            }
            nodes.append(try builder.append(.round(values[step.output].rounding), [made], "\(name).rounded"))
        }
        graph = builder.graph()
        parameters = ParameterBuffer(count: graph.storageCount)
        for (node, weights) in zip(graph.weighted, device.steps.compactMap(\.weights)) {
            for (parameter, source) in zip(node.parameters, [weights.weight, weights.bias]) {
                _ = parameters[graph.parameters[parameter]].update(from: source)
            }
        }
    }

    /// The integers of the network with other weights.
    ///
    /// - Parameter parameters: of `graph`.
    public func quantized(_ parameters: ParameterBuffer) -> QuantizedNetwork {
        var trained = device
        var nodes = graph.weighted.makeIterator()
        for index in trained.steps.indices {
            guard var weights = trained.steps[index].weights, let node = nodes.next() else { continue }
            weights.weight = Array(parameters[graph.parameters[node.parameters[0]]])
            weights.bias = Array(parameters[graph.parameters[node.parameters[1]]])
            trained.steps[index].operation = .convolution(weights)
        }
        return QuantizedNetwork(trained, values: values)
    }
}

extension Graph {
    fileprivate var weighted: [Node] { nodes.filter { !$0.parameters.isEmpty } }
}

extension DeviceGraph.Step {
    fileprivate var weights: DeviceGraph.Weights? {
        guard case .convolution(let weights) = operation else { return nil }
        return weights
    }
}

extension QuantizedNetwork.Value {
    fileprivate var rounding: Graph.Rounding { Graph.Rounding(scale: scale, zero: zero) }
}

extension Graph.Convolution {
    fileprivate init(_ g: ConvolutionGeometry) {
        self.init(
            outputs: g.outputs, kernelHeight: g.kernelHeight, kernelWidth: g.kernelWidth, stride: g.stride,
            padTop: g.padTop, padLeft: g.padLeft, padBottom: g.padBottom, padRight: g.padRight, groups: g.groups,
            bias: true)
    }
}

extension Activation {
    fileprivate var operation: Graph.Operation? {
        switch self {
        case .none: nil
        case .relu: .relu
        case .relu6: .relu6
        case .hardSwish: .hardSwish
        }
    }
}
