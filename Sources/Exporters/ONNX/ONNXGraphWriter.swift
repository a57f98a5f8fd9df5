import Networks
import ONNXFormat

/// Turns a `Graph`, node by node, into an ONNX graph: one value a node, channels first.
struct ONNXGraphWriter {
    /// A node's output in the ONNX graph.
    struct Value {
        var name: String
        var shape: Graph.Shape
        /// N,C instead of N,C,H,W: what follows a flattening.
        var isFlat: Bool
    }

    private(set) var graph = OnnxGraphProto()
    /// By node of the `Graph`.
    private(set) var values: [Value] = []
    private var names = ONNXNames()
    /// Names of shared constants, by what they are.
    private var constants: [String: String] = [:]

    init(input: Graph.Shape) {
        graph.input = [Self.describe(Value(name: ONNXExporter.inputName, shape: input, isFlat: false))]
    }

    /// Adds the ONNX nodes of `node`; its inputs have been added before.
    mutating func append(_ node: Graph.Node, of source: Graph, _ parameters: ParameterBuffer) {
        let tensors = node.parameters.map { source.parameters[$0] }
        switch node.operation {
        case .input:
            values.append(Value(name: ONNXExporter.inputName, shape: node.shape, isFlat: false))
        case .dropout:
            values.append(values[node.inputs[0]])
        case .convolution(let convolution):
            appendConvolution(node, convolution, tensors, parameters)
        case .linear:
            appendLinear(node, tensors, parameters)
        case .batchNorm(let epsilon):
            let inputs = tensors.map { store($0, as: $0.shape, Array(parameters[$0])) }
            emit("BatchNormalization", node, values[node.inputs[0]], inputs, [.float("epsilon", epsilon)])
        case .relu:
            emit("Relu", node, values[node.inputs[0]])
        case .relu6:
            let bounds = [
                constant("zero") { .floats($0, shape: [], [0]) }, constant("six") { .floats($0, shape: [], [6]) },
            ]
            emit("Clip", node, values[node.inputs[0]], bounds)
        case .hardSwish:
            emit("HardSwish", node, values[node.inputs[0]])
        case .add:
            appendAdd(node)
        case .maxPool(let pool):
            emit("MaxPool", node, spatial(values[node.inputs[0]]), [], .window(pool))
        case .averagePool(let pool):
            let attributes: [OnnxAttributeProto] = .window(pool) + [.int("count_include_pad", 0)]
            emit("AveragePool", node, spatial(values[node.inputs[0]]), [], attributes)
        case .globalAveragePool:
            emit("GlobalAveragePool", node, spatial(values[node.inputs[0]]))
        case .round:
            preconditionFailure("a network in training for integers")
        }
    }

    /// The graph with its last value as `logits`, N,classes.
    consuming func finished(name: String, classes: Int) -> OnnxGraphProto {
        let last = values[values.count - 1]
        let output = Value(
            name: ONNXExporter.outputName, shape: Graph.Shape(height: 1, width: 1, channels: classes), isFlat: true)
        let operation = last.isFlat ? "Identity" : "Flatten"
        // A last node that nothing else reads can carry the output's name itself.
        if last.isFlat, graph.node.last?.output == [last.name], last.name != ONNXExporter.inputName {
            graph.node[graph.node.count - 1].output = [output.name]
            graph.valueInfo.removeAll { $0.name == last.name }
        } else {
            graph.node.append(
                .with {
                    ($0.name, $0.opType, $0.input, $0.output) =
                        (names.unused("output"), operation, [last.name], [output.name])
                    if !last.isFlat { $0.attribute = [.int("axis", 1)] }
                })
        }
        graph.name = name
        graph.output = [Self.describe(output)]
        return graph
    }

    // MARK: Operations with parameters

    private mutating func appendConvolution(
        _ node: Graph.Node, _ convolution: Graph.Convolution, _ tensors: [Graph.Parameter],
        _ parameters: ParameterBuffer
    ) {
        let shape = tensors[0].shape
        let weight = store(
            tensors[0], as: [shape[0], shape[3], shape[1], shape[2]],
            ChannelOrder.first(parameters[tensors[0]], shape: shape))
        let bias = tensors.dropFirst().map { store($0, as: $0.shape, Array(parameters[$0])) }
        emit(
            "Conv", node, spatial(values[node.inputs[0]]), [weight] + bias,
            [
                .ints("dilations", [1, 1]),
                .int("group", convolution.groups),
                .ints("kernel_shape", [convolution.kernelHeight, convolution.kernelWidth]),
                .ints(
                    "pads",
                    [convolution.padTop, convolution.padLeft, convolution.padBottom, convolution.padRight]),
                .ints("strides", [convolution.stride, convolution.stride]),
            ])
    }

    private mutating func appendLinear(
        _ node: Graph.Node, _ tensors: [Graph.Parameter], _ parameters: ParameterBuffer
    ) {
        let input = values[node.inputs[0]]
        let weight = store(
            tensors[0], as: tensors[0].shape,
            ChannelOrder.first(parameters[tensors[0]], outputs: node.shape.channels, input: input.shape))
        let bias = tensors.dropFirst().map { store($0, as: $0.shape, Array(parameters[$0])) }
        emit("Gemm", node, flat(input), [weight] + bias, [.int("transB", 1)], isFlat: true)
    }

    private mutating func appendAdd(_ node: Graph.Node) {
        var (left, right) = (values[node.inputs[0]], values[node.inputs[1]])
        if left.isFlat != right.isFlat { (left, right) = (spatial(left), spatial(right)) }
        emit("Add", node, left, [right.name])
    }

    // MARK: Pieces

    /// Appends an ONNX node for `node` and its value.
    private mutating func emit(
        _ operation: String, _ node: Graph.Node, _ input: Value, _ more: [String] = [],
        _ attributes: [OnnxAttributeProto] = [], isFlat: Bool? = nil
    ) {
        let value = Value(name: names.unused(node.name), shape: node.shape, isFlat: isFlat ?? input.isFlat)
        graph.node.append(
            .with {
                ($0.name, $0.opType, $0.input, $0.output, $0.attribute) =
                    (value.name, operation, [input.name] + more, [value.name], attributes)
            })
        graph.valueInfo.append(Self.describe(value))
        values.append(value)
    }

    /// `value` as N,(C,H,W).
    private mutating func flat(_ value: Value) -> Value {
        guard !value.isFlat else { return value }
        let name = names.unused(value.name + ".flat")
        graph.node.append(
            .with {
                ($0.name, $0.opType, $0.input, $0.output) = (name, "Flatten", [value.name], [name])
                $0.attribute = [.int("axis", 1)]
            })
        return Value(
            name: name, shape: Graph.Shape(height: 1, width: 1, channels: value.shape.count), isFlat: true)
    }

    /// `value` as N,C,H,W.
    private mutating func spatial(_ value: Value) -> Value {
        guard value.isFlat else { return value }
        let name = names.unused(value.name + ".spatial")
        let axes = constant("rowsAndColumns") { .int64s($0, [2, 3]) }
        graph.node.append(
            .with { ($0.name, $0.opType, $0.input, $0.output) = (name, "Unsqueeze", [value.name, axes], [name]) })
        return Value(name: name, shape: value.shape, isFlat: false)
    }

    /// Adds a parameter's values as an initializer. Returns its name.
    private mutating func store(_ parameter: Graph.Parameter, as shape: [Int], _ floats: [Float]) -> String {
        let name = names.unused(parameter.name)
        graph.initializer.append(.floats(name, shape: shape, floats))
        return name
    }

    /// The name of an initializer that nodes share, made at its first use.
    private mutating func constant(_ key: String, _ make: (String) -> OnnxTensorProto) -> String {
        if let name = constants[key] { return name }
        let name = names.unused(key)
        constants[key] = name
        graph.initializer.append(make(name))
        return name
    }

    private static func describe(_ value: Value) -> OnnxValueInfoProto {
        let sizes = value.isFlat ? [value.shape.count] : [value.shape.channels, value.shape.height, value.shape.width]
        return .floats(value.name, batch: "N", sizes)
    }
}
