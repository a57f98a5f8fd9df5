/// The image that a model takes, as its graph has it.
struct ImageInput: Equatable {
    let name: String
    let type: ElementType
    let height, width, channels: Int
    /// Whether the graph itself has N,H,W,C.
    let isChannelsLast: Bool

    /// For one image, in the graph's order.
    var shape: [Int] { isChannelsLast ? [1, height, width, channels] : [1, channels, height, width] }

    /// The single image input of a model.
    ///
    /// - Parameter size: height and width where the file leaves them open.
    init(_ model: ONNXModel, size: (height: Int, width: Int)?) throws(ImportError) {
        guard model.inputs.count == 1, let input = model.inputs.first else {
            let names = model.inputs.map { "'\($0.name)'" }.joined(separator: ", ")
            throw model.error("it has \(model.inputs.count) inputs (\(names)), where one image is needed")
        }
        guard let type = input.type, [.float, .float16, .double, .bfloat16].contains(type) else {
            throw model.error(
                "its input '\(input.name)' holds \(input.type.map { "\($0)" } ?? "an unknown type"), not floats")
        }
        guard let shape = input.shape, shape.count == 4 else {
            throw model.error(
                "its input '\(input.name)' has \(input.shape.map { "\($0.count)" } ?? "unknown") dimensions, "
                    + "where images, channels, rows and columns are needed")
        }
        func isColor(_ dimension: ONNXModel.Dimension) -> Bool { dimension == .fixed(1) || dimension == .fixed(3) }
        isChannelsLast = !isColor(shape[1]) && isColor(shape[3])
        let (c, h, w) = isChannelsLast ? (shape[3], shape[1], shape[2]) : (shape[1], shape[2], shape[3])
        guard case .fixed(let channels) = c, channels == 1 || channels == 3 else {
            throw model.error(
                "its input '\(input.name)' does not have 1 or 3 channels, as images of gray or color have")
        }
        func side(_ dimension: ONNXModel.Dimension, _ given: Int?, _ word: String) throws(ImportError) -> Int {
            let found: Int
            if case .fixed(let size) = dimension {
                found = size
            } else if let given {
                found = given
            } else {
                throw model.error(
                    "the \(word) of its input '\(input.name)' is open",
                    advice: "Export it with a fixed image size, or give the size.")
            }
            guard (1...4096).contains(found) else {
                throw model.error("the \(word) of its input '\(input.name)' is \(found), not 1 to 4096")
            }
            return found
        }
        height = try side(h, size?.height, "height")
        width = try side(w, size?.width, "width")
        self.channels = channels
        self.type = type
        name = input.name
    }
}
