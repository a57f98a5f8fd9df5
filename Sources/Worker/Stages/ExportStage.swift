import Compression
import Datasets
import Distillation
import Exporters
import Foundation
import Manifests
import Networks
import Reporting

/// Version of distilld, written into what it makes.
public enum Version {
    public static let current = "0.1.0"
}

extension JobPipeline {
    /// Writes the student in every form, with what a device needs to feed it, and reads everything back.
    func export(
        _ student: Graph, parameters: ParameterBuffer, compressed: CompressedStudent?, spec: JobSpec, dataset: Dataset,
        data: TrainingData, judged: Judged, to staging: Staging
    ) throws -> [FormResult] {
        let metadata = try write(
            student, parameters: parameters, spec: spec, dataset: dataset, facts: facts(judged.results), to: staging)
        let integers = try compressed.map {
            ($0, try export($0, twin: DeviceGraph(student, parameters), metadata: metadata, to: staging))
        }
        return try verify(
            student, parameters: parameters, integers: integers, images: judged.images, data: data, staging: staging)
    }

    /// Writes a student in single precision, with its labels and what is to be done to an image.
    ///
    /// - Parameter facts: what was measured of it. Of its origin the files say nothing of this run alone, such as its
    ///   time, so that the same job gives the same bytes.
    func write(
        _ student: Graph, parameters: ParameterBuffer, spec: JobSpec, dataset: Dataset, facts: [String: String],
        to staging: Staging
    ) throws -> ModelMetadata {
        let preprocessing = Preprocessing(dataset, spec)
        let origin = [
            "model": spec.student.model, "dataset.sha256": dataset.contentHash, "job": JobSpecWriter.yaml(spec),
            "parameters": "\(student.parameterCount)", "multiplyAccumulates": "\(student.multiplyAccumulates)",
            "distilld": Version.current,
        ]
        let metadata = ModelMetadata(
            name: spec.name, classes: dataset.classes, preprocessing: preprocessing,
            facts: origin.merging(facts) { $1 })
        let onnx = try ONNXExporter.export(
            graph: student, parameters: parameters, metadata: metadata, producerVersion: Version.current)
        try staging.write(Data(onnx), as: "student.onnx")
        let saved = SavedModel(graph: student, parameters: parameters, metadata: metadata)
        try staging.write(try saved.encoded(), as: "student.safetensors")
        try staging.write(metadata.labelsFile, as: "labels.txt")
        try staging.write(try preprocessing.encoded(), as: "preprocess.json")
        return metadata
    }

    /// Writes the forms in 8-bit integers.
    private func export(
        _ compressed: CompressedStudent, twin: DeviceGraph, metadata: ModelMetadata, to staging: Staging
    ) throws -> CExporter {
        var integerMetadata = metadata
        // Those figures are of single precision.
        for key in integerMetadata.facts.keys where key.hasPrefix("test.") { integerMetadata.facts[key] = nil }
        integerMetadata.facts["precision"] = "int8"
        integerMetadata.facts["calibration"] = compressed.result.calibration
        integerMetadata.facts["quantization"] = compressed.result.keepsTrained ? "qat" : "ptq"
        let integers = try ONNXExporter.export(
            compressed.network, metadata: integerMetadata, producerVersion: Version.current)
        try staging.write(Data(integers), as: "student.int8.onnx")
        let cFile = try CExporter(compressed.network, twin: twin, metadata: metadata, producerVersion: Version.current)
        try staging.write(cFile.text, as: "student.h")
        return cFile
    }

    /// What was measured of the student and those it is compared with.
    private func facts(_ results: ModelResults) -> [String: String] {
        func share(_ value: Double) -> String { String(format: "%.4f", value) }
        let student = results.student
        var facts = [
            "test.accuracy": share(student.testAccuracy), "test.images": "\(student.testCount)",
            "teacher.model": results.teacher.model, "teacher.test.accuracy": share(results.teacher.testAccuracy),
        ]
        if let baseline = results.baseline { facts["baseline.test.accuracy"] = share(baseline.testAccuracy) }
        return facts
    }
}

extension Preprocessing {
    init(_ dataset: Dataset, _ spec: JobSpec) {
        guard let fit = Fit(rawValue: spec.input.fit.rawValue) else {
            preconditionFailure("a fit that Exporters does not know")
        }
        self.init(
            width: dataset.width, height: dataset.height, channels: dataset.channels, fit: fit,
            background: spec.input.background, mean: dataset.mean, std: dataset.std)
    }
}
