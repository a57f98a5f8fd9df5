import Foundation
import Ledger
import Manifests

/// That a job has ended, for programs: what hooks read and the webhook gets.
struct Notice: Codable, Sendable, Equatable {
    enum Event: String, Codable, Sendable, CaseIterable { case finished, failed }

    static let currentSchemaVersion = 1

    var schemaVersion = Self.currentSchemaVersion
    var event: Event
    var job: StatusReport.Job
    /// Of a finished job.
    var headline: Headline?
    /// Of a failed job.
    var failure: JobFailure?

    /// nil for a job of whose end nobody is told: whoever cancels it knows.
    init?(_ record: JobRecord, outbox: String) {
        switch record.outcome.flatMap(Outcome.decoded) {
        case .finished(let headline):
            event = .finished
            self.headline = headline
        case .failed(let failure):
            event = .failed
            self.failure = failure
        case .cancelled, nil: return nil
        }
        job = StatusReport.Job(record, nil, outbox: outbox, at: Date())
    }

    func json() throws -> Data {
        let encoder = StatusReport.encoder
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        return try encoder.encode(self)
    }
}
