import Foundation
import Ledger
import Logging
import Reporting

/// Opens the ledger; one that is damaged is set aside, and a new one is filled with what state and outbox tell.
struct LedgerRescue {
    let state: StateLayout
    let outbox: String
    let logger: Logger

    /// - Throws: `LedgerError` where the file is not damaged but cannot be used, `FileError`.
    func open() async throws -> Ledger {
        do {
            let ledger = try Ledger(path: state.ledger)
            do {
                try await ledger.check()
                return ledger
            } catch {
                try? ledger.close()
                throw error
            }
        } catch let error as LedgerError where error.isDamage {
            let aside = "\(state.ledger).damaged-\(Timestamp.compact(Date()))"
            for suffix in ["", "-wal", "-shm"] where try FileStatus.exists(state.ledger + suffix) {
                _ = try Move.rename(state.ledger + suffix, to: aside + suffix)
            }
            let ledger = try Ledger(path: state.ledger)
            let found = try publishedJobs()
            try await ledger.add(found)
            logger.error(
                "The ledger was damaged and is made again from the state folder and the outbox",
                metadata: ["what": "\(error.what)", "setAside": "\(aside)", "endedJobs": "\(found.count)"])
            return ledger
        }
    }

    /// Rows of the jobs in the outbox, oldest first. Those that have not ended are restored from their private folders,
    /// with all others that a ledger does not know.
    private func publishedJobs() throws -> [JobRecord] {
        try Folder.names(of: outbox).compactMap { id -> JobRecord? in
            let folder = Path.join(outbox, id)
            guard !id.hasPrefix("."), try !FileStatus.exists(state.job(id).root),
                let status = try FileStatus.of(folder), status.kind == .folder
            else { return nil }
            let ended = Date(timeIntervalSince1970: Double(status.modified.tv_sec))
            let failure = try FileBytes.read(Path.join(folder, "error.json"))
            guard try failure != nil || FileStatus.exists(Path.join(folder, "report.json")) else { return nil }
            let said = failure.flatMap { try? JSONDecoder().decode(Said.self, from: Data($0)) }
            let name = said?.name ?? Self.name(of: id)
            var record = JobRecord(
                id: id, name: name, createdAt: ended, manifestName: name, datasetName: "", source: .manifest,
                sourcePath: "", fingerprint: "")
            record.isClaimed = true
            record.end(failure == nil ? .done : .failed, summary: said?.what ?? "See report.html.")
            record.finishedAt = ended
            return record
        }.sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
    }

    /// Of `error.json`.
    private struct Said: Decodable {
        var name: String
        var what: String
    }

    /// `cifar-tiny` of `cifar-tiny-20261124-105312`.
    private static func name(of id: String) -> String {
        var parts = id.split(separator: "-", omittingEmptySubsequences: false)
        if parts.count > 3, let last = parts.last, last.count < 6, Int(last) != nil { parts.removeLast() }
        return parts.count > 2 ? parts.dropLast(2).joined(separator: "-") : id
    }
}
