import Foundation
import Manifests

/// How a job ended: the content of `outcome.json`. Once it is written the job is never run again, only published.
enum Outcome: Codable, Sendable, Equatable {
    /// The staging folder is complete.
    case finished(Headline)
    case failed(JobFailure)
    /// Why, for the user.
    case cancelled(String)

    func write(to folder: JobFolder) throws {
        try FileBytes.write(try Self.encoder.encode(self), to: folder.outcome)
    }

    /// nil where there is none, or a damaged one, which is removed: then the job runs again.
    static func read(from folder: JobFolder) throws -> Outcome? {
        guard let bytes = try FileBytes.read(folder.outcome) else { return nil }
        do { return try decoder.decode(Outcome.self, from: Data(bytes)) } catch let error as DecodingError {
            try FileBytes.append("distilld: outcome.json is damaged (\(error)); the job runs again.\n", to: folder.log)
            try FileBytes.removeFile(folder.outcome)
            return nil
        }
    }

    /// From the ledger; nil where a later version wrote it.
    static func decoded(_ json: String) -> Outcome? { try? decoder.decode(Outcome.self, from: Data(json.utf8)) }

    /// For the ledger.
    var json: String {
        get throws { String(decoding: try Self.encoder.encode(self), as: UTF8.self) }
    }

    var summary: String {
        switch self {
        case .finished(let headline): headline.verdict
        case .failed(let failure): failure.what
        case .cancelled(let reason): reason
        }
    }

    private static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        return decoder
    }

    private static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // As in the worker's lines: an accuracy of a model that diverged is a fact like others.
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        return encoder
    }
}
