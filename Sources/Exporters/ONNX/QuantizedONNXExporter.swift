import Compression
import Compute
import Networks
import ONNXFormat

extension ONNXExporter {
    /// Writes a network in 8-bit integers as an ONNX model in QDQ form: `QuantizeLinear` and `DequantizeLinear` around
    /// operators of single precision, which ONNX Runtime and OpenVINO turn into integer ones.
    ///
    /// Input, output and metadata are those of the model in single precision. ReLU and ReLU6 are no nodes: the 0...255
    /// that the `QuantizeLinear` behind them clamps to is their range. Linear layers are convolutions.
    ///
    /// - Returns: the bytes of the file, the same for the same arguments.
    /// - Throws: `ExportError`.
    public static func export(
        _ network: QuantizedNetwork, metadata: ModelMetadata, producerVersion: String
    ) throws -> [UInt8] {
        try ExportError.check(metadata, input: network.input.shape, classes: network.classes)
        let bytes = network.parameterBytes
        guard bytes < (2 << 30) - (1 << 20) else { throw ExportError.tooLarge(bytes: bytes) }
        var writer = QuantizedGraphWriter(network)
        for step in network.steps { writer.append(step) }
        return try file(
            of: writer.finished(name: metadata.name), metadata: metadata, producerVersion: producerVersion)
    }
}

/// Turns a `QuantizedNetwork`, step by step, into an ONNX graph, channels first.
private struct QuantizedGraphWriter {
    private let network: QuantizedNetwork
    private var graph = OnnxGraphProto()
    private var names = ONNXNames()
    /// Of each value, the output of its `DequantizeLinear`.
    private var real: [String]

    init(_ network: QuantizedNetwork) {
        self.network = network
        real = Array(repeating: "", count: network.values.count)
        let shape = network.input.shape
        graph.input = [
            .floats(ONNXExporter.inputName, batch: "N", [shape.channels, shape.height, shape.width])
        ]
        quantize(ONNXExporter.inputName, value: 0)
    }

    mutating func append(_ step: QuantizedNetwork.Step) {
        let name = network.values[step.output].name
        let inputs = step.inputs.map { real[$0] }
        let made: String
        switch step.operation {
        case .convolution(let weights): made = convolution(weights, name: name, step)
        case .add: made = emit("Add", name, inputs)
        case .maxPool(let pool): made = emit("MaxPool", name, inputs, .window(pool))
        case .averagePool(let pool):
            made = emit("AveragePool", name, inputs, .window(pool) + [.int("count_include_pad", 0)])
        case .globalAveragePool: made = emit("GlobalAveragePool", name, inputs)
        case .pointwise(.none): made = inputs[0]
        case .pointwise(.relu): made = emit("Relu", name, inputs)
        case .pointwise(.relu6):
            made = emit("Clip", name, inputs + [scalar("\(name).zero", 0), scalar("\(name).six", 6)])
        case .pointwise(.hardSwish): made = emit("HardSwish", name, inputs)
        }
        quantize(made, value: step.output)
    }

    consuming func finished(name: String) -> OnnxGraphProto {
        let last = network.steps[network.steps.count - 1].output
        graph.node.append(
            .with {
                ($0.name, $0.opType) = (names.unused("output"), "Flatten")
                ($0.input, $0.output) = ([real[last]], [ONNXExporter.outputName])
                $0.attribute = [.int("axis", 1)]
            })
        graph.name = name
        graph.output = [.floats(ONNXExporter.outputName, batch: "N", [network.classes])]
        return graph
    }

    private mutating func convolution(
        _ weights: QuantizedNetwork.Weights, name: String, _ step: QuantizedNetwork.Step
    ) -> String {
        let g = weights.geometry
        let inner = g.channels / g.groups
        let outputs = [g.outputs]
        let values = ChannelOrder.first(weights.weight, shape: [g.outputs, g.kernelHeight, g.kernelWidth, inner])
        let weight = dequantize(
            "\(name).weight", scale: weights.scale,
            zero: { .int8s($0, shape: outputs, Array(repeating: 0, count: g.outputs)) },
            of: { .int8s($0, shape: [g.outputs, inner, g.kernelHeight, g.kernelWidth], values) })
        let input = network.values[step.inputs[0]].scale
        let bias = dequantize(
            "\(name).bias", scale: weights.scale.map { input * $0 },
            zero: { .int32s($0, shape: outputs, Array(repeating: 0, count: g.outputs)) },
            of: { .int32s($0, shape: outputs, weights.bias) })
        return emit(
            "Conv", name, [real[step.inputs[0]], weight, bias],
            [
                .ints("dilations", [1, 1]), .int("group", g.groups),
                .ints("kernel_shape", [g.kernelHeight, g.kernelWidth]),
                .ints("pads", [g.padTop, g.padLeft, g.padBottom, g.padRight]), .ints("strides", [g.stride, g.stride]),
            ])
    }

    // MARK: Pieces

    /// `QuantizeLinear` and `DequantizeLinear` behind a value.
    private mutating func quantize(_ source: String, value index: Int) {
        let value = network.values[index]
        let scale = scalar("\(value.name).scale", value.scale)
        let zero = add("\(value.name).zero") { .uint8s($0, shape: [], [value.zero]) }
        let quantized = emit("QuantizeLinear", "\(value.name).quantized", [source, scale, zero])
        real[index] = emit("DequantizeLinear", "\(value.name).real", [quantized, scale, zero])
    }

    /// Constants by channel.
    private mutating func dequantize(
        _ name: String, scale: [Float], zero: (String) -> OnnxTensorProto, of make: (String) -> OnnxTensorProto
    ) -> String {
        let inputs = [
            add("\(name).quantized", make), add("\(name).scale") { .floats($0, shape: [scale.count], scale) },
            add("\(name).zero", zero),
        ]
        return emit("DequantizeLinear", name, inputs, [.int("axis", 0)])
    }

    private mutating func emit(
        _ operation: String, _ name: String, _ inputs: [String], _ attributes: [OnnxAttributeProto] = []
    ) -> String {
        let name = names.unused(name)
        graph.node.append(
            .with {
                ($0.name, $0.opType, $0.input, $0.output, $0.attribute) =
                    (name, operation, inputs, [name], attributes)
            })
        return name
    }

    private mutating func scalar(_ name: String, _ value: Float) -> String {
        add(name) { .floats($0, shape: [], [value]) }
    }

    private mutating func add(_ name: String, _ make: (String) -> OnnxTensorProto) -> String {
        let name = names.unused(name)
        graph.initializer.append(make(name))
        return name
    }
}
