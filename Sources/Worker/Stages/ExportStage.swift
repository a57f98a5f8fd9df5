import Datasets
import Exporters
import Foundation
import Manifests
import Networks

/// Version of distilld, written into what it makes.
public enum Version {
    public static let current = "0.1.0"
}

extension JobPipeline {
    /// Writes the student in every form, with what a device needs to feed it.
    func export(
        _ student: Graph, parameters: ParameterBuffer, spec: JobSpec, dataset: Dataset, testAccuracy: Double,
        to staging: Staging
    ) throws {
        guard let fit = Preprocessing.Fit(rawValue: spec.input.fit.rawValue) else {
            preconditionFailure("a fit that Exporters does not know")
        }
        let preprocessing = Preprocessing(
            width: dataset.width, height: dataset.height, channels: dataset.channels, fit: fit,
            background: spec.input.background, mean: dataset.mean, std: dataset.std)
        let metadata = ModelMetadata(
            name: spec.name, classes: dataset.classes, preprocessing: preprocessing,
            // Nothing of this run alone, such as its time: the same job gives the same bytes.
            facts: [
                "model": spec.student.model, "dataset.sha256": dataset.contentHash,
                "test.accuracy": String(format: "%.4f", testAccuracy), "distilld": Version.current,
            ])
        let onnx = try ONNXExporter.export(
            graph: student, parameters: parameters, metadata: metadata, producerVersion: Version.current)
        try staging.write(Data(onnx), as: "student.onnx")
        let saved = SavedModel(graph: student, parameters: parameters, metadata: metadata)
        try staging.write(try saved.encoded(), as: "student.safetensors")
        // What is published has been read back.
        _ = try SavedModel.read(from: staging.url("student.safetensors").path)
        try staging.write(metadata.labelsFile, as: "labels.txt")
        try staging.write(try preprocessing.encoded(), as: "preprocess.json")
    }
}
