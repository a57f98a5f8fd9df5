/// What the families of presets share: scaled widths, the stem that adapts to the input, the head.
///
/// Layers are appended to `current`, the node whose output the next one reads.
struct PresetBuilder {
    var graph: GraphBuilder
    var current: Int
    private let width: Double
    private let classes: Int

    /// Activations above this many pixels are halved by the stem.
    private static let largestArea = 48 * 48

    init(input: Graph.Shape, width: Double, classes: Int) throws(ShapeError) {
        graph = try GraphBuilder(input: input)
        current = graph.input
        self.width = width
        self.classes = classes
    }

    var channels: Int { graph.shape(of: current).channels }

    /// A channel count of the paper, scaled.
    func scaled(_ channels: Int) -> Int { max(8, Int((Double(channels) * width / 8).rounded()) * 8) }

    mutating func append(_ operation: Graph.Operation, _ name: String) throws(ShapeError) {
        current = try graph.append(operation, [current], name)
    }

    /// Convolution without bias (the norm's shift is one) and batch norm, named `name.conv` and `name.norm`.
    mutating func convolutionNorm(
        _ name: String, outputs: Int, kernel: Int, stride: Int = 1, groups: Int = 1
    ) throws(ShapeError) {
        current = try graph.convolution(
            current, "\(name).conv", outputs: outputs, kernel: kernel, stride: stride, groups: groups)
        current = try graph.batchNorm(current, "\(name).norm")
    }

    /// `convolutionNorm` and an activation named `name.act`.
    mutating func convolutionNorm(
        _ name: String, outputs: Int, kernel: Int, stride: Int = 1, groups: Int = 1, then activation: Graph.Operation
    ) throws(ShapeError) {
        try convolutionNorm(name, outputs: outputs, kernel: kernel, stride: stride, groups: groups)
        try append(activation, "\(name).act")
    }

    /// Times that the stem halves the image, by the rule of `Presets.make`.
    var halvings: Int {
        var height = graph.shape(of: graph.input).height
        var width = graph.shape(of: graph.input).width
        var count = 0
        while height * width > Self.largestArea, min(height, width) >= 2 * Presets.smallestSide {
            height = (height + 1) / 2
            width = (width + 1) / 2
            count += 1
        }
        return count
    }

    /// The stride of the stem's convolution.
    var stemStride: Int { halvings > 0 ? 2 : 1 }

    /// The halvings that are left to do behind the stem's convolution.
    mutating func stemPools() throws(ShapeError) {
        for i in 0..<max(0, halvings - 1) {
            try append(.maxPool(Graph.Pool(size: 3, stride: 2, padding: 1)), "stem.pool\(i + 1)")
        }
    }

    /// The 3 x 3 first convolution with its norm and activation, and the poolings.
    mutating func stem(outputs: Int, activation: Graph.Operation = .relu) throws(ShapeError) {
        try convolutionNorm("stem", outputs: outputs, kernel: 3, stride: stemStride, then: activation)
        try stemPools()
    }

    /// Global average pooling and the classifier.
    mutating func head() throws(ShapeError) {
        try append(.globalAveragePool, "pool")
        try append(.linear(outputs: classes), "classifier")
    }
}
