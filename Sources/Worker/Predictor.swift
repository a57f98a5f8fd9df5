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
    private let form: Form

    private enum Form {
        case network(StudentNetwork)
        case program(CProgram)
    }

    /// - Parameter path: `student.safetensors`, `student.onnx`, `student.int8.onnx`, `student.h` (which is compiled and
    ///   run), or a job's folder with the first in it.
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
            form = .network(ImportedNetwork(model, maximumBatch: 1, pool: ThreadPool(threads: 1)))
        } else if file.hasSuffix(".h") {
            let source = try CFile(contentsOf: file)
            let program = try Self.compile(source, path: file)
            (classes, preprocessing) = (try program.labels(), source.preprocessing)
            form = .program(program)
        } else {
            let model = try SavedModel.read(from: file)
            (classes, preprocessing) = (model.classes, model.preprocessing)
            form = .network(
                InferenceNetwork(
                    graph: model.graph, parameters: model.parameters, maximumBatch: 1, pool: ThreadPool(threads: 1)))
        }
        preparation = try ImagePreparation(preprocessing, path: file)
    }

    /// Classes with their probabilities, most likely first.
    ///
    /// - Throws: `ImageError`, or that the file cannot be read.
    public func predict(image path: String, limits: Limits = Limits()) throws -> [(name: String, probability: Double)] {
        let logits = try logits(of: path, limits: limits).map { Double($0) }
        let largest = logits.max() ?? 0
        let powers = logits.map { exp($0 - largest) }
        let total = powers.reduce(0, +)
        return zip(classes, powers).map { ($0, $1 / total) }.sorted { $0.1 > $1.1 }
    }

    private func logits(of image: String, limits: Limits) throws -> [Float] {
        switch form {
        case .network(let network):
            try preparation.read(image: image, limits: limits, to: network.input)
            network.forward(count: 1)
            return (0..<classes.count).map { network.logits[$0] }
        case .program(let program):
            let logits = try program.predictReal(Data(try preparation.pixels(image: image, limits: limits)))
            guard logits.count == classes.count else {
                throw CProgram.Failed(description: "the compiled student.h gave \(logits.count) logits")
            }
            return logits
        }
    }

    private static func compile(_ file: CFile, path: String) throws -> CProgram {
        do {
            if let program = try CProgram.compile(file.text, name: file.name) { return program }
        } catch let error as CProgram.Failed {
            throw SavedModel.Unreadable(path: path, reason: "the C compiler refuses it: \(error)")
        }
        throw SavedModel.Unreadable(
            path: path, reason: "this machine has no C compiler (cc, gcc or clang) to compile it with; install one")
    }
}
