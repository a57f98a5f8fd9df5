extension PresetBuilder {
    /// Zagoruyko and Komodakis 2016, "Wide residual networks": depth 6n + 4, widths 16, 16k, 32k, 64k, with batch norm
    /// and ReLU before each convolution. Where a block changes the shape, a 1 x 1 convolution of the activated input
    /// takes the place of the identity. Without the paper's optional dropout.
    mutating func wideResNet(depth: Int, factor: Int) throws(ShapeError) {
        let blocks = (depth - 4) / 6
        current = try graph.convolution(current, "stem.conv", outputs: scaled(16), kernel: 3, stride: stemStride)
        try stemPools()
        for stage in 0..<3 {
            for block in 0..<blocks {
                try preActivationBlock(
                    "stage\(stage + 1).\(block)", outputs: scaled((16 * factor) << stage),
                    stride: stage > 0 && block == 0 ? 2 : 1)
            }
        }
        try normActivation("last")
        try head()
    }

    private mutating func preActivationBlock(_ name: String, outputs: Int, stride: Int) throws(ShapeError) {
        var shortcut = current
        let changes = stride != 1 || channels != outputs
        try normActivation("\(name).1")
        if changes {
            shortcut = try graph.convolution(
                current, "\(name).shortcut.conv", outputs: outputs, kernel: 1, stride: stride)
        }
        current = try graph.convolution(current, "\(name).1.conv", outputs: outputs, kernel: 3, stride: stride)
        try normActivation("\(name).2")
        current = try graph.convolution(current, "\(name).2.conv", outputs: outputs, kernel: 3)
        current = try graph.append(.add, [current, shortcut], "\(name).add")
    }

    private mutating func normActivation(_ name: String) throws(ShapeError) {
        current = try graph.batchNorm(current, "\(name).norm")
        try append(.relu, "\(name).act")
    }
}
