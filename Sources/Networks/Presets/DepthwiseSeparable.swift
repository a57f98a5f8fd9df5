extension PresetBuilder {
    /// After Howard et al. 2017, "MobileNets", in the proportions of the 0.25 network of MLPerf Tiny (Banbury et al.
    /// 2021), for small images: nine depthwise separable blocks, three halvings instead of five, ReLU6 as in the
    /// authors' code. About 175,000 parameters.
    mutating func mobileNetTiny() throws(ShapeError) {
        try stem(outputs: scaled(16), activation: .relu6)
        let blocks = [(32, 1), (64, 2), (64, 1), (128, 2), (128, 1), (128, 1), (128, 1), (256, 2), (256, 1)]
        for (i, (outputs, stride)) in blocks.enumerated() {
            try separableBlock("block\(i + 1)", outputs: scaled(outputs), stride: stride, activation: .relu6)
        }
        try head()
    }

    /// After the keyword spotter of MLPerf Tiny (Banbury et al. 2021; Zhang et al. 2017, "Hello edge"): a first
    /// convolution that halves, then four depthwise separable blocks of 64 channels. Made for spectrograms, it is
    /// adapted to images: a 3 x 3 first kernel, and the third block halves again to see more of the picture. Its
    /// dropout is left out, since a network this small underfits images. About 22,000 parameters.
    mutating func dscnnTiny() throws(ShapeError) {
        try stem(outputs: scaled(64))
        for i in 0..<4 {
            // The first block halves where the stem, on a small image, did not.
            let stride = i == 2 || (i == 0 && halvings == 0) ? 2 : 1
            try separableBlock("block\(i + 1)", outputs: scaled(64), stride: stride, activation: .relu)
        }
        try head()
    }

    /// A 3 x 3 convolution of each channel on its own, then a 1 x 1 convolution, each with norm and activation.
    private mutating func separableBlock(
        _ name: String, outputs: Int, stride: Int, activation: Graph.Operation
    ) throws(ShapeError) {
        try convolutionNorm(
            "\(name).depthwise", outputs: channels, kernel: 3, stride: stride, groups: channels, then: activation)
        try convolutionNorm("\(name).pointwise", outputs: outputs, kernel: 1, then: activation)
    }
}
