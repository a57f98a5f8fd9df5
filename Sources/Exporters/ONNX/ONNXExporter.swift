import Foundation
import Networks
import ONNXFormat
import SwiftProtobuf

/// Writes a network as an ONNX model that any runtime of opset 17 runs.
///
/// The input `image` is N,C,H,W, the output `logits` N,classes; N is free. Batch norms are folded into the
/// convolutions before them where that is possible, dropout is left out. `metadata_props` hold `classes` (a JSON
/// array), `preprocessing` (the JSON of `Preprocessing`) and the facts of `ModelMetadata`.
public enum ONNXExporter {
    public static let opset = 17
    /// The IR version that came with opset 17 (ONNX 1.12).
    public static let irVersion = 8
    public static let inputName = "image"
    public static let outputName = "logits"

    /// - Returns: the bytes of the file, the same for the same arguments.
    /// - Throws: `ExportError`.
    public static func export(
        graph: Graph, parameters: ParameterBuffer, metadata: ModelMetadata, producerVersion: String
    ) throws -> [UInt8] {
        try ExportError.check(metadata, graph, parameters)
        let (folded, values) = graph.foldingBatchNorms(parameters)
        // Names and shapes take a small part of the mebibyte that is kept free.
        let bytes = folded.storageCount * MemoryLayout<Float>.size
        guard bytes < (2 << 30) - (1 << 20) else { throw ExportError.tooLarge(bytes: bytes) }

        var writer = ONNXGraphWriter(input: folded.input)
        for node in folded.nodes { writer.append(node, of: folded, values) }

        let made = writer.finished(name: metadata.name, classes: graph.classes)
        return try file(of: made, metadata: metadata, producerVersion: producerVersion)
    }

    /// The file around a graph.
    static func file(of graph: OnnxGraphProto, metadata: ModelMetadata, producerVersion: String) throws -> [UInt8] {
        var model = OnnxModelProto()
        model.irVersion = Int64(irVersion)
        model.opsetImport = [OnnxOperatorSetIdProto.with { ($0.domain, $0.version) = ("", Int64(opset)) }]
        model.producerName = "distilld"
        model.producerVersion = producerVersion
        model.docString = "\(metadata.preprocessing.explanation) The output is logits: apply softmax for probabilities."
        model.graph = graph
        model.metadataProps = try properties(metadata).sorted { $0.key < $1.key }.map { key, value in
            .with { ($0.key, $0.value) = (key, value) }
        }
        return try model.serializedBytes()
    }

    private static func properties(_ metadata: ModelMetadata) throws -> [String: String] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var properties = metadata.facts
        properties["classes"] = String(decoding: try encoder.encode(metadata.classes), as: UTF8.self)
        properties["preprocessing"] = String(decoding: try encoder.encode(metadata.preprocessing), as: UTF8.self)
        return properties
    }
}
