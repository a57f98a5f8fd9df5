import Foundation
import Ledger
import Manifests

/// Notices that are still to be delivered, as files: they survive the daemon.
///
///     notices/ID.json        what is told
///     notices/ID.state       what of it is done; missing: nothing
struct NoticeQueue: Sendable {
    private let context: DaemonContext
    private var folder: String { context.state.notices }

    /// How far the delivery of a notice has come.
    struct Delivery: Codable, Sendable, Equatable {
        var hooksAreDone = false
        /// Attempts of the webhook that failed.
        var attempts = 0
        var firstAttempt: Date?
        var nextAttempt: Date?
    }

    init(_ context: DaemonContext) { self.context = context }

    /// Adds a job's notice, where somebody wants one.
    func add(_ record: JobRecord) throws {
        let wishes = context.config.notify
        guard wishes.hooks != nil || wishes.webhook != nil,
            let notice = Notice(record, outbox: context.config.outbox)
        else { return }
        try FileBytes.write(try notice.json(), to: path(of: record.id), mode: 0o600)
        context.notices.raise()
    }

    /// Identifiers of the jobs, oldest first.
    func pending() throws -> [String] {
        try Folder.entries(of: folder).filter { $0.name.map { $0.hasSuffix(".json") && !$0.hasPrefix(".") } ?? false }
            .sorted { ($0.status.modified.tv_sec, $0.shownName) < ($1.status.modified.tv_sec, $1.shownName) }
            .compactMap { $0.name.map { String($0.dropLast(".json".count)) } }
    }

    func path(of id: String) -> String { Path.join(folder, id + ".json") }

    /// The notice with its bytes; nil where it is damaged or of a later version, and removed.
    func read(_ id: String) throws -> (notice: Notice, bytes: [UInt8])? {
        guard let bytes = try FileBytes.read(path(of: id)) else { return nil }
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            let text = try decoder.singleValueContainer().decode(String.self)
            return (try? Date(text, strategy: .iso8601.year().month().day().time(includingFractionalSeconds: true)))
                ?? .distantPast
        }
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        do { return (try decoder.decode(Notice.self, from: Data(bytes)), bytes) } catch let error as DecodingError {
            context.logger(of: id).error("A notice is damaged and not delivered", metadata: ["error": "\(error)"])
            try remove(id)
            return nil
        }
    }

    func delivery(of id: String) throws -> Delivery {
        guard let bytes = try FileBytes.read(statePath(of: id)) else { return Delivery() }
        return (try? JSONDecoder().decode(Delivery.self, from: Data(bytes))) ?? Delivery()
    }

    func save(_ delivery: Delivery, of id: String) throws {
        try FileBytes.write(try JSONEncoder().encode(delivery), to: statePath(of: id), mode: 0o600)
    }

    func remove(_ id: String) throws {
        try FileBytes.removeFile(path(of: id))
        try FileBytes.removeFile(statePath(of: id))
    }

    private func statePath(of id: String) -> String { Path.join(folder, id + ".state") }
}
