import Compute
import Datasets
import Exporters
import Foundation
import Manifests
import Networks

/// A saved student, ready to name what is in an image.
public struct Predictor {
    public let classes: [String]
    private let preprocessing: Preprocessing
    private let network: InferenceNetwork
    private let background: RGBColor
    private let fit: Fit

    /// - Parameter path: `student.safetensors`, or a job's folder with one in it.
    /// - Throws: `SavedModel.Unreadable`.
    public init(path: String) throws {
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        let file = exists && isFolder.boolValue ? path + "/student.safetensors" : path
        let model = try SavedModel.read(from: file)
        classes = model.classes
        preprocessing = model.preprocessing
        network = InferenceNetwork(
            graph: model.graph, parameters: model.parameters, maximumBatch: 1, pool: ThreadPool(threads: 1))
        guard let color = RGBColor(hex: model.preprocessing.background),
            let fit = Fit(rawValue: model.preprocessing.fit.rawValue)
        else {
            throw SavedModel.Unreadable(
                path: file, reason: "its preprocessing names the background \(model.preprocessing.background)")
        }
        background = color
        self.fit = fit
    }

    /// Classes with their probabilities, most likely first.
    ///
    /// - Throws: `ImageError`, or that the file cannot be read.
    public func predict(image path: String, limits: Limits = Limits()) throws -> [(name: String, probability: Double)] {
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        let p = preprocessing
        var pixels = [UInt8](repeating: 0, count: p.width * p.height * p.channels)
        try data.withUnsafeBytes { bytes in
            try ImageCodec.decode(
                bytes, into: &pixels, width: p.width, height: p.height, channels: p.channels == 1 ? .gray : .rgb,
                fit: fit, background: background, limits: limits)
        }
        for (i, value) in pixels.enumerated() {
            let channel = i % p.channels
            network.input[i] = (Float(value) * Float(p.scale) - p.mean[channel]) / p.std[channel]
        }
        network.forward(count: 1)
        let logits = (0..<classes.count).map { Double(network.logits[$0]) }
        let largest = logits.max() ?? 0
        let powers = logits.map { exp($0 - largest) }
        let total = powers.reduce(0, +)
        return zip(classes, powers).map { ($0, $1 / total) }.sorted { $0.1 > $1.1 }
    }
}
