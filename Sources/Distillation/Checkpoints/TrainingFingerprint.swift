import Crypto
import Foundation
import Networks

/// Names a training by all that decides its outcome, so that it is never gone on with from another's checkpoint.
enum TrainingFingerprint {
    private struct Content: Encodable {
        var request: TrainingRequest
        var initial, labels, pixels: String
        var shape: [Int]
        var mean, std: [Float]
        var teachers: [Adviser]
    }

    private struct Adviser: Encodable {
        var graph: Graph
        var values: String
        var weight: Double
        var classWeights: [Float]?
        var classMap: [Int]?
        var normalization: Teacher.Normalization?
    }

    static func make(
        _ request: TrainingRequest, initial: ParameterBuffer, data: TrainingData, teachers: [Teacher]
    ) -> String {
        let content = Content(
            request: request, initial: hash(initial), labels: hash([data.train, data.evaluation]),
            pixels: data.contentHash,
            shape: [data.height, data.width, data.channels, data.classes, data.train.count, data.evaluation.count],
            mean: data.mean, std: data.std,
            teachers: teachers.map {
                Adviser(
                    graph: $0.network.graph, values: hash($0.network.parameters), weight: $0.weight,
                    classWeights: $0.classWeights, classMap: $0.classMap, normalization: $0.normalization)
            })
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        guard let json = try? encoder.encode(content) else {
            preconditionFailure("numbers, strings and arrays can be encoded")
        }
        return hex(SHA256.hash(data: json))
    }

    private static func hash(_ buffer: ParameterBuffer) -> String {
        var hash = SHA256()
        hash.update(bufferPointer: UnsafeRawBufferPointer(start: buffer.base, count: buffer.count * 4))
        return hex(hash.finalize())
    }

    private static func hash(_ sets: [ImageSet]) -> String {
        var hash = SHA256()
        for set in sets {
            hash.update(bufferPointer: UnsafeRawBufferPointer(start: set.labels, count: set.count * 4))
        }
        return hex(hash.finalize())
    }

    private static func hex(_ digest: SHA256.Digest) -> String {
        digest.map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }.joined()
    }
}
