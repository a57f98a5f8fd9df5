import Compute
import Datasets
import Exporters
import Foundation
import Importers
import Manifests
import Networks

/// A saved student, ready to name what is in an image.
public struct Predictor {
    public let classes: [String]
    private let preparation: ImagePreparation
    private let network: StudentNetwork

    /// - Parameter path: `student.safetensors`, `student.onnx`, `student.int8.onnx`, or a job's folder with the first in
    ///   it.
    /// - Throws: `SavedModel.Unreadable`, or `ImportError` for what is no ONNX model that can be run.
    public init(path: String) throws {
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        let file = exists && isFolder.boolValue ? path + "/student.safetensors" : path
        let preprocessing: Preprocessing
        if file.hasSuffix(".onnx") {
            let model = try ImportedModel(contentsOf: file)
            let metadata = try ModelMetadata(
                properties: model.metadata, path: file, width: model.width, height: model.height,
                channels: model.channels, logits: model.classes)
            (classes, preprocessing) = (metadata.classes, metadata.preprocessing)
            network = ImportedNetwork(model, maximumBatch: 1, pool: ThreadPool(threads: 1))
        } else {
            let model = try SavedModel.read(from: file)
            (classes, preprocessing) = (model.classes, model.preprocessing)
            network = InferenceNetwork(
                graph: model.graph, parameters: model.parameters, maximumBatch: 1, pool: ThreadPool(threads: 1))
        }
        preparation = try ImagePreparation(preprocessing, path: file)
    }

    /// Classes with their probabilities, most likely first.
    ///
    /// - Throws: `ImageError`, or that the file cannot be read.
    public func predict(image path: String, limits: Limits = Limits()) throws -> [(name: String, probability: Double)] {
        try preparation.read(image: path, limits: limits, to: network.input)
        network.forward(count: 1)
        let logits = (0..<classes.count).map { Double(network.logits[$0]) }
        let largest = logits.max() ?? 0
        let powers = logits.map { exp($0 - largest) }
        let total = powers.reduce(0, +)
        return zip(classes, powers).map { ($0, $1 / total) }.sorted { $0.1 > $1.1 }
    }
}
