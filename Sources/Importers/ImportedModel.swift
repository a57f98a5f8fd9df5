import Crypto
import Foundation

/// An ONNX classifier that has been read, checked and planned; `ImportedNetwork` runs it.
public struct ImportedModel: Sendable {
    /// The file's name as the user knows it.
    public let name: String
    /// Height, width and channels of an image.
    public let height, width, channels: Int
    /// Logits of an image.
    public let classes: Int
    /// Version of the ONNX standard's operator set that the file uses.
    public let opset: Int
    /// Whether the file's output is a softmax, which `logits` leave out.
    public let endsInSoftmax: Bool
    /// What the file says about itself, such as `classes` or `preprocessing`.
    public let metadata: [String: String]
    /// SHA-256 of the file's bytes, in hexadecimal; empty where the model did not come from a file.
    public let contentHash: String
    /// The shape of each feature that was asked for: height, width and channels, or its sizes without N.
    public let featureShapes: [[Int]]
    /// The names of those features.
    public let featureNames: [String]

    let plan: Plan

    /// Reads and plans a file; nothing of it is left open.
    ///
    /// - Parameters:
    ///   - path: of the `.onnx` file.
    ///   - displayName: the name for messages; the path where it is `nil`.
    ///   - size: height and width of images where the file leaves them open.
    ///   - features: names of values in the graph that the network should give besides its logits.
    /// - Throws: `ImportError` for anything that is broken or not supported, with the node at fault.
    public init(
        contentsOf path: String, displayName: String? = nil, size: (height: Int, width: Int)? = nil,
        features: [String] = []
    ) throws(ImportError) {
        let name = displayName ?? path
        try self.init(try ModelFile.read(path, name: name), displayName: name, size: size, features: features)
    }

    /// The same from a file's bytes.
    public init(
        _ bytes: Data, displayName name: String, size: (height: Int, width: Int)? = nil, features: [String] = []
    ) throws(ImportError) {
        let hash = SHA256.hash(data: bytes).map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }
        try self.init(
            try ONNXModel(decoding: bytes, file: name), size: size, features: features, contentHash: hash.joined())
    }

    init(
        _ model: ONNXModel, size: (height: Int, width: Int)? = nil, features: [String] = [],
        contentHash: String = ""
    ) throws(ImportError) {
        let input = try ImageInput(model, size: size)
        let known = Set(model.nodes.flatMap(\.outputs))
        for feature in features where feature.isEmpty || !known.contains(feature) {
            let some = model.nodes.compactMap(\.outputs.first).suffix(8).joined(separator: ", ")
            throw model.error(
                "it has no value named '\(feature)'", advice: "Name a node's output; the last ones are \(some).")
        }
        // More outputs are heads for other purposes, such as training.
        let output = model.outputs.contains("logits") ? "logits" : model.outputs[0]
        plan = try PlanBuilder.plan(model, input: input, output: output, features: features)
        name = model.file
        (height, width, channels) = (input.height, input.width, input.channels)
        classes = plan.logits.count
        opset = model.opset
        endsInSoftmax = plan.endsInSoftmax
        metadata = model.metadata
        self.contentHash = contentHash
        featureShapes = plan.features.map { Self.shape(of: $0) }
        featureNames = features
    }

    /// H,W,C of an image, else the sizes behind N.
    private static func shape(of view: View) -> [Int] {
        let shape = view.shape
        return shape.count == 4 ? [shape[2], shape[3], shape[1]] : Array(shape.dropFirst())
    }
}
