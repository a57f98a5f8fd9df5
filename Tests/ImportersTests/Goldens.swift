import Compute
import Foundation
import Testing

@testable import Importers

/// The small models of Goldens/make_goldens.py, and what tests do with models.
enum Goldens {
    static let names = [
        "residual", "residual-opset9", "residual-folded", "inverted", "fire", "shuffle", "excitation",
        "excitation-hard", "dense", "odd", "flat", "pyramid", "attention", "channels-last", "quantized-pairs",
        "quantized-operators",
    ]

    static func url(_ name: String) throws -> URL {
        try #require(Bundle.module.url(forResource: "Goldens/\(name)", withExtension: nil))
    }

    static func floats(_ name: String) throws -> [Float] { try floats(at: try url(name).path) }

    static func floats(at path: String) throws -> [Float] {
        try Data(contentsOf: URL(fileURLWithPath: path)).withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    }

    static func model(_ name: String, features: [String] = []) throws -> ImportedModel {
        try ImportedModel(contentsOf: try url(name + ".onnx").path, displayName: name + ".onnx", features: features)
    }

    /// Images of the golden file as N,H,W,C.
    static func images(_ name: String, of model: ImportedModel) throws -> [Float] {
        let values = try floats(name + ".input")
        // This one has channels last in its graph.
        if name == "channels-last" { return values }
        return channelsLast(values, model)
    }

    static func channelsLast(_ values: [Float], _ model: ImportedModel) -> [Float] {
        let (channels, pixels) = (model.channels, model.height * model.width)
        return values.indices.map { i in
            let (image, pixel, channel) = (i / (channels * pixels), i / channels % pixels, i % channels)
            return values[(image * channels + channel) * pixels + pixel]
        }
    }

    static func logits(_ model: ImportedModel, _ images: [Float], threads: Int = 2, batch: Int = 64) -> [Float] {
        let size = model.height * model.width * model.channels
        let count = images.count / size
        let network = ImportedNetwork(
            model, maximumBatch: min(batch, count), pool: ThreadPool(threads: threads))
        var logits: [Float] = []
        var first = 0
        while first < count {
            let part = min(network.maximumBatch, count - first)
            for i in 0..<part * size { network.input[i] = images[first * size + i] }
            network.forward(count: part)
            logits += UnsafeBufferPointer(start: network.logits, count: part * model.classes)
            first += part
        }
        return logits
    }

    /// The largest difference as a part of the largest value.
    static func difference(_ a: [Float], _ b: [Float]) -> Float {
        guard a.count == b.count else { return .infinity }
        let scale = b.reduce(0) { max($0, abs($1)) }
        return zip(a, b).reduce(0) { max($0, ($1.0 - $1.1).isNaN ? .infinity : abs($1.0 - $1.1)) } / scale
    }

    static func softmax(_ logits: [Float], classes: Int) -> [Float] {
        stride(from: 0, to: logits.count, by: classes).flatMap { start in
            let row = logits[start..<start + classes]
            let largest = row.max() ?? 0
            let powers = row.map { exp($0 - largest) }
            let sum = powers.reduce(0, +)
            return powers.map { $0 / sum }
        }
    }
}
