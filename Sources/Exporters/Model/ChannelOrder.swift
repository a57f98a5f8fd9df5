import Networks

/// Weights between the order of this program (channels last) and that of PyTorch and ONNX (channels first).
enum ChannelOrder {
    /// O,H,W,I to O,I,H,W.
    static func first<Element>(_ values: some Collection<Element>, shape: [Int]) -> [Element] {
        precondition(shape.count == 4 && values.count == shape.reduce(1, *))
        let (outputs, height, width, inputs) = (shape[0], shape[1], shape[2], shape[3])
        return regroup(Array(values), blocks: outputs, rows: height * width, columns: inputs)
    }

    /// O,I,H,W to O,H,W,I; `shape` is that of the result.
    static func last(_ values: some Collection<Float>, shape: [Int]) -> [Float] {
        precondition(shape.count == 4 && values.count == shape.reduce(1, *))
        let (outputs, height, width, inputs) = (shape[0], shape[1], shape[2], shape[3])
        return regroup(Array(values), blocks: outputs, rows: inputs, columns: height * width)
    }

    /// A linear layer's O,(H,W,C) to O,(C,H,W): its columns follow the order in which its input is flattened.
    static func first(_ values: some Collection<Float>, outputs: Int, input: Graph.Shape) -> [Float] {
        precondition(values.count == outputs * input.count)
        return regroup(
            Array(values), blocks: outputs, rows: input.height * input.width, columns: input.channels)
    }

    /// A linear layer's O,(C,H,W) to O,(H,W,C).
    static func last(_ values: some Collection<Float>, outputs: Int, input: Graph.Shape) -> [Float] {
        precondition(values.count == outputs * input.count)
        return regroup(
            Array(values), blocks: outputs, rows: input.channels, columns: input.height * input.width)
    }

    /// Transposes each of `blocks` matrices.
    private static func regroup<Element>(_ values: [Element], blocks: Int, rows: Int, columns: Int) -> [Element] {
        var out = values
        for block in 0..<blocks {
            let base = block * rows * columns
            for row in 0..<rows {
                for column in 0..<columns {
                    out[base + column * rows + row] = values[base + row * columns + column]
                }
            }
        }
        return out
    }
}
