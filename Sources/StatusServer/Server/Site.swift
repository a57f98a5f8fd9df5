import Daemon
import Foundation
import Ledger
import Manifests

/// What every page is made from.
struct Site: Sendable {
    let config: DaemonConfig
    let version: String
    /// Proves that a wish comes from a page of this server: other sites can send forms here, but not read this.
    let formToken = Secrets.random()
    let client: ControlClient
    private let kept: KeptLedger

    init(config: DaemonConfig, version: String) {
        self.config = config
        self.version = version
        client = ControlClient(config: config)
        kept = KeptLedger(client)
    }

    func ledger() throws -> LedgerReader { try kept.reader() }

    /// What the daemon is doing.
    /// - Parameter history: how many finished jobs.
    func status(history: Int) async throws -> StatusReport {
        try client.report(of: try await ledger().snapshot(history: history))
    }

    /// - Throws: `PageError` where there is no such job.
    func job(_ id: String) async throws -> JobRecord {
        guard let job = try await ledger().job(id) else { throw PageError.noJob(id) }
        return job
    }

    func files(of job: JobRecord) -> JobFiles { JobFiles(job, config: config) }
}
