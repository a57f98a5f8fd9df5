import Testing

/// Runs an ONNX file by the definitions of its operators (https://onnx.ai/onnx/operators), in double precision: the
/// operators that the exporter writes, with the attributes that it sets.
struct ONNXInterpreter {
    struct Value {
        var shape: [Int]
        var data: [Double]
    }

    let file: ONNXFile

    /// - Parameter image: N,C,H,W.
    func logits(_ image: Value) throws -> Value {
        var values = [file.inputs[0].name: image]
        for (name, tensor) in file.initializers {
            values[name] = Value(
                shape: tensor.shape, data: tensor.floats.map(Double.init) + tensor.ints.map(Double.init))
        }
        for node in file.nodes {
            let inputs = try node.inputs.map { try #require(values[$0], "\(node.name) reads \($0)") }
            try #require(values[node.outputs[0]] == nil, "\(node.outputs[0]) is made twice")
            let made = try run(node, inputs)
            try #require(made.data.count == made.shape.reduce(1, *))
            let described = (file.values + file.outputs).first { $0.name == node.outputs[0] }
            if let described {
                #expect(described.sizes == ["N"] + made.shape.dropFirst().map(String.init), "\(node.name)")
            }
            values[node.outputs[0]] = made
        }
        return try #require(values[file.outputs[0].name])
    }

    private func run(_ node: ONNXFile.Node, _ inputs: [Value]) throws -> Value {
        let x = inputs[0]
        switch node.operation {
        case "Relu": return Value(shape: x.shape, data: x.data.map { max($0, 0) })
        case "Clip":
            let (low, high) = (inputs[1].data[0], inputs[2].data[0])
            return Value(shape: x.shape, data: x.data.map { min(max($0, low), high) })
        case "HardSwish": return Value(shape: x.shape, data: x.data.map { $0 * max(0, min(1, $0 / 6 + 0.5)) })
        case "Identity": return x
        case "Add":
            try #require(x.shape == inputs[1].shape)
            return Value(shape: x.shape, data: zip(x.data, inputs[1].data).map { $0 + $1 })
        case "Flatten":
            try #require(node.ints["axis"] == [1])
            return Value(shape: [x.shape[0], x.shape.dropFirst().reduce(1, *)], data: x.data)
        case "Unsqueeze":
            try #require(inputs[1].data == [2, 3] && x.shape.count == 2)
            return Value(shape: x.shape + [1, 1], data: x.data)
        case "Gemm": return try gemm(node, inputs)
        case "Conv": return try convolution(node, inputs)
        case "BatchNormalization":
            let epsilon = Double(try #require(node.floats["epsilon"]))
            return perChannel(x) { value, c in
                (value - inputs[3].data[c]) / (inputs[4].data[c] + epsilon).squareRoot() * inputs[1].data[c]
                    + inputs[2].data[c]
            }
        case "GlobalAveragePool":
            let pixels = x.shape[2] * x.shape[3]
            let means = stride(from: 0, to: x.data.count, by: pixels).map {
                x.data[$0..<$0 + pixels].reduce(0, +) / Double(pixels)
            }
            return Value(shape: [x.shape[0], x.shape[1], 1, 1], data: means)
        case "MaxPool": return try pool(node, x) { $0.max() ?? .nan }
        case "AveragePool":
            try #require(node.ints["count_include_pad"] == [0])
            return try pool(node, x) { $0.reduce(0, +) / Double($0.count) }
        default:
            Issue.record("unexpected operator \(node.operation)")
            return x
        }
    }

    private func perChannel(_ x: Value, _ body: (Double, Int) -> Double) -> Value {
        let pixels = x.shape.dropFirst(2).reduce(1, *)
        return Value(
            shape: x.shape, data: x.data.enumerated().map { body($0.element, $0.offset / pixels % x.shape[1]) })
    }

    private func gemm(_ node: ONNXFile.Node, _ inputs: [Value]) throws -> Value {
        try #require(node.ints["transB"] == [1])
        let (x, weight) = (inputs[0], inputs[1])
        let (rows, depth, columns) = (x.shape[0], x.shape[1], weight.shape[0])
        try #require(weight.shape[1] == depth)
        let data = (0..<rows * columns).map { i in
            (0..<depth).reduce(inputs[2].data[i % columns]) {
                $0 + x.data[i / columns * depth + $1] * weight.data[i % columns * depth + $1]
            }
        }
        return Value(shape: [rows, columns], data: data)
    }

    private func convolution(_ node: ONNXFile.Node, _ inputs: [Value]) throws -> Value {
        let (x, weight) = (inputs[0], inputs[1])
        let pads = try #require(node.ints["pads"])
        let stride = try #require(node.ints["strides"])
        let groups = try #require(node.ints["group"]?.first)
        try #require(node.ints["kernel_shape"] == Array(weight.shape[2...]) && node.ints["dilations"] == [1, 1])
        let (height, width) = (x.shape[2], x.shape[3])
        let (outputs, inner, kh, kw) = (weight.shape[0], weight.shape[1], weight.shape[2], weight.shape[3])
        try #require(inner * groups == x.shape[1])
        let oh = (height + pads[0] + pads[2] - kh) / stride[0] + 1
        let ow = (width + pads[1] + pads[3] - kw) / stride[1] + 1
        var y = [Double](repeating: 0, count: x.shape[0] * outputs * oh * ow)
        x.data.withUnsafeBufferPointer { x1 in
            weight.data.withUnsafeBufferPointer { w in
                for i in y.indices {
                    let (px, py, o, n) = (i % ow, i / ow % oh, i / ow / oh % outputs, i / ow / oh / outputs)
                    var sum = inputs.count > 2 ? inputs[2].data[o] : 0
                    for c in 0..<inner {
                        let plane = (n * x.shape[1] + o / (outputs / groups) * inner + c) * height
                        for ky in 0..<kh {
                            let iy = py * stride[0] + ky - pads[0]
                            guard iy >= 0, iy < height else { continue }
                            for kx in 0..<kw {
                                let ix = px * stride[1] + kx - pads[1]
                                guard ix >= 0, ix < width else { continue }
                                sum += x1[(plane + iy) * width + ix] * w[((o * inner + c) * kh + ky) * kw + kx]
                            }
                        }
                    }
                    y[i] = sum
                }
            }
        }
        return Value(shape: [x.shape[0], outputs, oh, ow], data: y)
    }

    private func pool(_ node: ONNXFile.Node, _ x: Value, _ combine: ([Double]) -> Double) throws -> Value {
        let size = try #require(node.ints["kernel_shape"])
        let pads = try #require(node.ints["pads"])
        let stride = try #require(node.ints["strides"])
        let (height, width) = (x.shape[2], x.shape[3])
        let oh = (height + pads[0] + pads[2] - size[0]) / stride[0] + 1
        let ow = (width + pads[1] + pads[3] - size[1]) / stride[1] + 1
        let data = (0..<x.shape[0] * x.shape[1] * oh * ow).map { i in
            let (px, py, plane) = (i % ow, i / ow % oh, i / ow / oh)
            var inside: [Double] = []
            for iy in py * stride[0] - pads[0]..<py * stride[0] - pads[0] + size[0] where iy >= 0 && iy < height {
                for ix in px * stride[1] - pads[1]..<px * stride[1] - pads[1] + size[1] where ix >= 0 && ix < width {
                    inside.append(x.data[(plane * height + iy) * width + ix])
                }
            }
            return combine(inside)
        }
        return Value(shape: [x.shape[0], x.shape[1], oh, ow], data: data)
    }
}
