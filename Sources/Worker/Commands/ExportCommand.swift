import Compression
import Compute
import Exporters
import Foundation
import Manifests
import Networks

/// `distilld export`: a finished student in another form.
public struct ExportCommand {
    public enum Form: String, Sendable, CaseIterable {
        case onnx, int8, c, safetensors
        /// A folder.
        case mlflow

        /// Of the file in a job's folder, or of that to be written.
        public var fileName: String {
            switch self {
            case .onnx: "student.onnx"
            case .int8: "student.int8.onnx"
            case .c: "student.h"
            case .safetensors: "student.safetensors"
            case .mlflow: "student.mlflow"
            }
        }
    }

    private let model: String
    private let form: Form
    private let output: String
    private let images: [String]
    private let json: Bool

    /// What `--json` prints.
    private struct Result: Encodable {
        var file: String
        var form: String
        /// Whether it is the file that the job published.
        var isCopy = false
        /// Of C: what `NAME_predict` needs besides code.
        var memoryBytes, constantBytes: Int?
    }

    /// - Parameters:
    ///   - model: a job's folder, or `student.safetensors`.
    ///   - output: the file, or for MLflow the folder, to write; `nil`: the form's usual name, in the current folder.
    ///   - images: files and folders, to take the ranges of 8-bit integers from where the job's folder has no such form.
    public init(model: String, form: Form, output: String?, images: [String], json: Bool = false) {
        self.model = model
        self.form = form
        self.output = output ?? form.fileName
        self.images = images
        self.json = json
    }

    /// - Throws: `SavedModel.Unreadable`, `JobFailure`, `ExportError`, or what the file system says.
    public func run(print: (String) -> Void) throws {
        let files = FileManager.default
        guard !files.fileExists(atPath: output) else {
            throw JobFailure(
                code: "export.exists", what: "there is a file already", location: output,
                fix: "name another one with --output, or take that one away")
        }
        var isFolder: ObjCBool = false
        let isJob = files.fileExists(atPath: model, isDirectory: &isFolder) && isFolder.boolValue
        let published = URL(fileURLWithPath: model).appendingPathComponent(form.fileName)
        if isJob, images.isEmpty, files.fileExists(atPath: published.path) {
            try files.copyItem(at: published, to: URL(fileURLWithPath: output))
            let result = Result(file: output, form: form.rawValue, isCopy: true)
            print(json ? JSONText.page(result) : "\(output): as the job published it")
            return
        }
        let path = isJob ? model + "/student.safetensors" : model
        let saved = try SavedModel.read(from: path)
        let version = saved.metadata.facts["distilld"] ?? Version.current
        var result = Result(file: output, form: form.rawValue)
        func needs(_ name: String, memory: Int, constants: Int) {
            (result.memoryBytes, result.constantBytes) = (memory, constants)
            if !json { print("\(name)_predict needs \(memory) bytes of memory, \(constants) of constants") }
        }
        switch form {
        case .safetensors: try saved.write(to: output)
        case .mlflow:
            let bytes = try ONNXExporter.export(
                graph: saved.graph, parameters: saved.parameters, metadata: saved.metadata, producerVersion: version)
            let attributes = try files.attributesOfItem(atPath: path)
            let folder = MLflowFolder(
                onnx: bytes, metadata: saved.metadata, made: attributes[.modificationDate] as? Date ?? Date())
            try folder.write(to: output)
        case .onnx:
            let bytes = try ONNXExporter.export(
                graph: saved.graph, parameters: saved.parameters, metadata: saved.metadata, producerVersion: version)
            try Data(bytes).write(to: URL(fileURLWithPath: output), options: .atomic)
        case .int8:
            let (network, method) = try quantize(saved, path: path)
            var metadata = saved.metadata
            for key in metadata.facts.keys where key.hasPrefix("test.") { metadata.facts[key] = nil }
            (metadata.facts["precision"], metadata.facts["calibration"]) = ("int8", method.rawValue)
            let bytes = try ONNXExporter.export(network, metadata: metadata, producerVersion: version)
            try Data(bytes).write(to: URL(fileURLWithPath: output), options: .atomic)
        case .c:
            let file = try CExporter(
                try quantize(saved, path: path).network, twin: DeviceGraph(saved.graph, saved.parameters),
                metadata: saved.metadata, producerVersion: version)
            try Data(file.text.utf8).write(to: URL(fileURLWithPath: output), options: .atomic)
            needs(file.name, memory: file.arenaBytes, constants: file.constantBytes)
        }
        print(json ? JSONText.page(result) : "\(output): written")
    }

    /// At most as many images as a job takes.
    private static let most = 512

    private func quantize(_ saved: SavedModel, path: String) throws -> (network: QuantizedNetwork, CalibrationMethod) {
        let found = images.isEmpty ? [] : try ImageFiles.expand(images)
        guard !found.isEmpty else {
            throw JobFailure(
                code: "export.images", what: "8-bit integers need images to take their ranges from", location: model,
                fix: "name a folder of images like those to come with --images")
        }
        let count = min(found.count, Self.most)
        let preparation = try ImagePreparation(saved.preprocessing, path: path)
        let pixels = FloatBuffer(count: count * preparation.count)
        for i in 0..<count {
            let file = found[i * found.count / count]
            do {
                try preparation.read(image: file, limits: Limits(), to: pixels.base + i * preparation.count)
            } catch {
                throw JobFailure(
                    code: "export.images", what: "an image could not be read: \(error)", location: file,
                    fix: "give PNG or JPEG files")
            }
        }
        let samples = SampleImages(count: count, labels: []) { range, target in
            target.update(
                from: pixels.base + range.lowerBound * preparation.count, count: range.count * preparation.count)
        }
        let pool = ThreadPool(threads: ProcessInfo.processInfo.activeProcessorCount)
        let single = InferenceNetwork(
            graph: saved.graph, parameters: saved.parameters, maximumBatch: 64, pool: pool)
        let logits = FormJudge.logits(single, samples, classes: saved.classes.count)
        let quantizer = Quantizer(
            graph: saved.graph, parameters: saved.parameters, calibrating: samples, pool: pool)
        let best = quantizer.best(on: samples, logits: logits, pool: pool)
        return (best.network, best.method)
    }
}
