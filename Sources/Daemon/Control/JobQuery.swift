import Foundation
import Ledger

/// What a person types for a job: its identifier, the beginning of it, its name, or its manifest's name.
public struct JobQuery: Sendable {
    public let text: String

    public init(_ text: String) { self.text = text }

    public enum Failure: Error, CustomStringConvertible {
        case none(String)
        case several(String, [String])
        case ineligible(String)

        public var description: String {
            switch self {
            case .none(let query):
                "There is no job \"\(query.shown)\". `distilld status` lists them; a manifest that still waits in the "
                    + "inbox is cancelled by removing it."
            case .several(let query, let ids):
                "\"\(query.shown)\" may be any of these jobs; name one of them:\n" + ids.map { "  \($0)\n" }.joined()
            case .ineligible(let why): why
            }
        }
    }

    /// The jobs that are meant, the latest first: those with this identifier, else with this name, else those whose
    /// identifier begins like this.
    func matches(in jobs: [JobRecord]) -> [JobRecord] {
        if let exact = jobs.first(where: { $0.id == text }) { return [exact] }
        let named = jobs.filter { DroppedName.matches(text, id: nil, name: $0.name, manifest: $0.manifestName) }
        return named.isEmpty ? jobs.filter { $0.id.hasPrefix(text) } : named
    }

    /// The one job that is meant and to which the verb can be done.
    func one(of jobs: [JobRecord], verb: String, where isEligible: (JobRecord) -> Bool) throws -> JobRecord {
        let found = matches(in: jobs)
        let eligible = found.filter(isEligible)
        if eligible.count > 1 { throw Failure.several(text, eligible.map(\.id)) }
        if let job = eligible.first { return job }
        guard let job = found.first else { throw Failure.none(text) }
        throw Failure.ineligible("Cannot \(verb) \(job.id): it is \(job.state.rawValue).")
    }

    /// The latest job that is meant.
    func latest(of jobs: [JobRecord]) throws -> JobRecord {
        guard let job = matches(in: jobs).first else { throw Failure.none(text) }
        return job
    }
}
