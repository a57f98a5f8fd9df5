extension PresetBuilder {
    /// After Simonyan and Zisserman 2015, "Very deep convolutional networks", in the form that distillation papers use
    /// (Tian et al. 2020): five blocks of 64, 128, 256, 512, 512 channels with batch norm, a max pooling behind each of
    /// the first three, and a single linear layer. Their convolutions' biases, which a batch norm cancels, are left out.
    ///
    /// - Parameter convolutionsPerBlock: 1 for VGG8, 2 for VGG13.
    mutating func vgg(convolutionsPerBlock: Int) throws(ShapeError) {
        for (block, outputs) in [64, 128, 256, 512, 512].enumerated() {
            for i in 0..<convolutionsPerBlock {
                let isStem = block == 0 && i == 0
                try convolutionNorm(
                    "block\(block + 1).\(i + 1)", outputs: scaled(outputs), kernel: 3, stride: isStem ? stemStride : 1,
                    then: .relu)
                if isStem { try stemPools() }
            }
            if block < 3 {
                try append(.maxPool(Graph.Pool(size: 2, stride: 2, padding: 0)), "block\(block + 1).pool")
            }
        }
        try head()
    }
}
