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
        /// `nil`: imported, and named by its values alone.
        var graph: Graph?
        /// The hash of its parameters, or of its file.
        var values: String
        var weight: Double
        var classWeights: [Float]?
        var classMap: [Int]?
        var normalization: Teacher.Normalization?
        var isBlueFirst: Bool?

        init(_ teacher: Teacher) {
            switch teacher.network {
            case .trained(let network): (graph, values) = (network.graph, TrainingFingerprint.hash(network.parameters))
            case .imported(let model): (graph, values) = (nil, model.contentHash)
            }
            weight = teacher.weight
            classWeights = teacher.classWeights
            classMap = teacher.classMap
            normalization = teacher.normalization
            isBlueFirst = teacher.isBlueFirst ? true : nil
        }
    }

    static func make(
        _ request: TrainingRequest, initial: ParameterBuffer, data: TrainingData, teachers: [Teacher]
    ) -> String {
        make(request, initials: [initial], data: data, teachers: teachers)
    }

    /// - Parameter initials: of all who train together.
    static func make(
        _ request: TrainingRequest, initials: [ParameterBuffer], data: TrainingData, teachers: [Teacher] = []
    ) -> String {
        let content = Content(
            request: request, initial: initials.map { hash($0) }.joined(separator: " "),
            labels: hash([data.train, data.evaluation]),
            pixels: data.contentHash,
            shape: [data.height, data.width, data.channels, data.classes, data.train.count, data.evaluation.count],
            mean: data.mean, std: data.std,
            teachers: teachers.map { Adviser($0) })
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
