/// Networks by name, each usable as teacher or student.
public enum Presets {
    /// Smallest family first.
    public static var names: [String] { recipes.map(\.name) }

    /// Factors on channel counts.
    public static let widths = 0.125...8.0
    /// Pixels of the smallest input's height or width.
    public static let smallestSide = 8

    /// The graph of a preset.
    ///
    /// Inputs of up to 48 x 48 pixels (by area) are taken as they are, as CIFAR's 32 x 32. A larger image is halved
    /// until its area is no more than that, by a stride of 2 in the first convolution and then by 3 x 3 max poolings of
    /// stride 2, so that the cost of a network stays bounded. No halving takes the shorter side below 8.
    ///
    /// - Parameters:
    ///   - width: scales channel counts, which are rounded to a multiple of 8 and are at least 8.
    ///   - input: at least 8 x 8, with 1 or 3 channels.
    ///   - classes: at least 2; the logits.
    public static func make(
        _ name: String, width: Double = 1, input: Graph.Shape, classes: Int
    ) throws(PresetError) -> Graph {
        guard let recipe = recipes.first(where: { $0.name == name }) else { throw .unknown(name: name) }
        guard widths.contains(width) else { throw .width(width) }
        guard min(input.height, input.width) >= smallestSide, [1, 3].contains(input.channels) else {
            throw .input(input)
        }
        guard (2...Graph.Limits.channels).contains(classes) else { throw .classes(classes) }
        do {
            var builder = try PresetBuilder(input: input, width: width, classes: classes)
            try recipe.append(&builder)
            return builder.graph.graph()
        } catch {
            throw .shape(preset: name, error)
        }
    }

    private struct Recipe: Sendable {
        let name: String
        let append: @Sendable (inout PresetBuilder) throws(ShapeError) -> Void

        init(_ name: String, _ append: @escaping @Sendable (inout PresetBuilder) throws(ShapeError) -> Void) {
            self.name = name
            self.append = append
        }
    }

    private static let recipes: [Recipe] = [
        Recipe("convnet3") { (builder) throws(ShapeError) in try builder.convNet3() },
        Recipe("dscnn-tiny") { (builder) throws(ShapeError) in try builder.dscnnTiny() },
        Recipe("mobilenet-tiny") { (builder) throws(ShapeError) in try builder.mobileNetTiny() },
        Recipe("resnet8") { (builder) throws(ShapeError) in try builder.resNet(depth: 8, factor: 1) },
        Recipe("resnet20") { (builder) throws(ShapeError) in try builder.resNet(depth: 20, factor: 1) },
        Recipe("resnet32") { (builder) throws(ShapeError) in try builder.resNet(depth: 32, factor: 1) },
        Recipe("resnet56") { (builder) throws(ShapeError) in try builder.resNet(depth: 56, factor: 1) },
        Recipe("resnet110") { (builder) throws(ShapeError) in try builder.resNet(depth: 110, factor: 1) },
        Recipe("resnet8x4") { (builder) throws(ShapeError) in try builder.resNet(depth: 8, factor: 4) },
        Recipe("resnet32x4") { (builder) throws(ShapeError) in try builder.resNet(depth: 32, factor: 4) },
        Recipe("vgg8") { (builder) throws(ShapeError) in try builder.vgg(convolutionsPerBlock: 1) },
        Recipe("vgg13") { (builder) throws(ShapeError) in try builder.vgg(convolutionsPerBlock: 2) },
        Recipe("wrn-16-2") { (builder) throws(ShapeError) in try builder.wideResNet(depth: 16, factor: 2) },
        Recipe("wrn-40-2") { (builder) throws(ShapeError) in try builder.wideResNet(depth: 40, factor: 2) },
    ]
}
