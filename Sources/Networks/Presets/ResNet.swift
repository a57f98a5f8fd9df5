extension PresetBuilder {
    /// The CIFAR ResNets of He et al. 2016, "Deep residual learning for image recognition", section 4.2, of
    /// depth 6n + 2, with a projection (1 x 1 convolution and batch norm) where a block changes the shape (option B).
    ///
    /// A factor of 4 gives the `x4` networks of Tian et al. 2020, "Contrastive representation distillation":
    /// widths 32, 64, 128, 256. Depth 8 is the size of MLPerf Tiny's ResNet (Banbury et al. 2021).
    mutating func resNet(depth: Int, factor: Int) throws(ShapeError) {
        let blocks = (depth - 2) / 6
        try stem(outputs: scaled(factor == 1 ? 16 : 8 * factor))
        for stage in 0..<3 {
            for block in 0..<blocks {
                try residualBlock(
                    "stage\(stage + 1).\(block)", outputs: scaled((16 * factor) << stage),
                    stride: stage > 0 && block == 0 ? 2 : 1)
            }
        }
        try head()
    }

    private mutating func residualBlock(_ name: String, outputs: Int, stride: Int) throws(ShapeError) {
        let input = current
        let changes = stride != 1 || channels != outputs
        try convolutionNorm("\(name).1", outputs: outputs, kernel: 3, stride: stride, then: .relu)
        try convolutionNorm("\(name).2", outputs: outputs, kernel: 3)
        let residual = current
        current = input
        if changes { try convolutionNorm("\(name).shortcut", outputs: outputs, kernel: 1, stride: stride) }
        current = try graph.append(.add, [residual, current], "\(name).add")
        try append(.relu, "\(name).act")
    }
}
