import Compression
import Compute
import Distillation
import Exporters
import Foundation
import Networks
import Testing

@testable import Worker

/// Files that are not what was trained are found out.
@Suite struct FormTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("forms-\(UUID().uuidString)")
    private let graph: Graph
    private let metadata: ModelMetadata

    init() throws {
        graph = try Presets.make("convnet3", input: Graph.Shape(height: 8, width: 8, channels: 3), classes: 4)
        metadata = ModelMetadata(
            name: "forms", classes: ["a", "b", "c", "d"],
            preprocessing: Preprocessing(
                width: 8, height: 8, channels: 3, fit: .stretch, background: "#000000", mean: [0.5, 0.5, 0.5],
                std: [0.25, 0.25, 0.25]))
    }

    /// Verifies the files of one network, written from the weights of another where `seed` is not 1.
    private func verify(
        seed: UInt64, _ body: (FormVerification, IntegerVerification, CExporter, Staging) throws -> Void
    ) throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        var random = CounterRandom(seed: 3, stream: 1)
        let labels = (0..<64).map { Int32($0 % 4) }
        let pixels = (0..<64 * 192).map { _ in UInt8(random.index(below: 256)) }
        let images = ImageSet(labels: labels, pixels: pixels)
        let data = TrainingData(
            height: 8, width: 8, channels: 3, classes: 4, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25], train: images,
            evaluation: images, contentHash: "")
        let pool = ThreadPool(threads: 2)
        let staging = try Staging(path: folder.path)
        func quantized(_ parameters: ParameterBuffer) -> QuantizedNetwork {
            let samples = FormJudge.samples(images, data: data, pool: pool)
            return Quantizer(graph: graph, parameters: parameters, calibrating: samples, pool: pool).quantized(.minMax)
        }
        let trained = ParameterBuffer.initialized(for: graph, seed: 1)
        let written = ParameterBuffer.initialized(for: graph, seed: seed)
        try staging.write(
            Data(try ONNXExporter.export(graph: graph, parameters: written, metadata: metadata, producerVersion: "1")),
            as: "student.onnx")
        try staging.write(
            try SavedModel(graph: graph, parameters: written, metadata: metadata).encoded(), as: "student.safetensors")
        try staging.write(
            Data(try ONNXExporter.export(quantized(written), metadata: metadata, producerVersion: "1")),
            as: "student.int8.onnx")
        let cFile = try CExporter(
            quantized(written), twin: DeviceGraph(graph, written), metadata: metadata, producerVersion: "1")
        try staging.write(cFile.text, as: "student.h")
        let network = quantized(trained)
        let single = InferenceNetwork(graph: graph, parameters: trained, maximumBatch: 64, pool: pool)
        let judge = FormJudge(single, images: images, data: data, pool: pool)
        let verification = FormVerification(judge: judge, staging: staging, milliseconds: 1, memoryBytes: 1)
        let integers = IntegerVerification(judge: judge, staging: staging, network: network)
        try body(verification, integers, cFile, staging)
    }

    @Test func whatWasTrainedPasses() throws {
        try verify(seed: 1) { forms, integers, cFile, _ in
            let results = [forms.safetensors(), forms.onnx(), integers.onnx(ranges: "min-max"), integers.c(cFile)]
            for result in results { #expect(result.problem == nil, "\(result)") }
            #expect(results[0].agreement == 1)
        }
    }

    @Test func anotherNetworkFails() throws {
        try verify(seed: 2) { forms, integers, cFile, _ in
            let results = [forms.safetensors(), forms.onnx(), integers.onnx(ranges: "min-max")]
            for result in results { #expect(result.problem != nil, "\(result)") }
            let compiled = integers.c(cFile)
            #expect(compiled.problem != nil || compiled.check.hasPrefix("Not compiled"))
        }
    }

    @Test func brokenFilesFail() throws {
        try verify(seed: 1) { forms, integers, _, staging in
            for name in ["student.onnx", "student.int8.onnx", "student.safetensors"] {
                let whole = try Data(contentsOf: staging.url(name))
                try staging.write(whole.prefix(whole.count / 2), as: name)
            }
            let results = [forms.safetensors(), forms.onnx(), integers.onnx(ranges: "min-max")]
            for result in results { #expect(result.problem?.contains("could not be read back") == true, "\(result)") }
        }
    }
}
