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

    static func read(from folder: JobFolder) throws -> Outcome? {
        try FileBytes.read(folder.outcome).map { try JSONDecoder().decode(Outcome.self, from: Data($0)) }
    }

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

    private static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }
}
