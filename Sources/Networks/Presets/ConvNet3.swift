extension PresetBuilder {
    /// Three convolutions with batch norm and ReLU, two of them followed by max pooling, for microcontrollers: the
    /// shape of LeNet (LeCun et al. 1998, "Gradient-based learning applied to document recognition") with batch norm
    /// and global average pooling. About 9,500 parameters at three channels and ten classes.
    mutating func convNet3() throws(ShapeError) {
        try stem(outputs: scaled(16))
        try append(.maxPool(Graph.Pool(size: 2, stride: 2, padding: 0)), "pool1")
        try convolutionNorm("block2", outputs: scaled(24), kernel: 3, then: .relu)
        try append(.maxPool(Graph.Pool(size: 2, stride: 2, padding: 0)), "pool2")
        try convolutionNorm("block3", outputs: scaled(24), kernel: 3, then: .relu)
        try head()
    }
}
