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

    init(config: DaemonConfig, version: String) {
        self.config = config
        self.version = version
        client = ControlClient(config: config)
    }

    func ledger() throws -> LedgerReader { try client.openLedger() }

    /// - Throws: `PageError` where there is no such job.
    func job(_ id: String) async throws -> JobRecord {
        guard let job = try await ledger().job(id) else { throw PageError.noJob(id) }
        return job
    }

    func files(of job: JobRecord) -> JobFiles { JobFiles(job, config: config) }
}
