import Hummingbird

/// Whether the daemon takes jobs: it runs, and its ledger can be read.
struct Readiness {
    let site: Site

    func response() async throws -> Response {
        do {
            guard try site.client.isDaemonRunning() else {
                return .text("the daemon is not running\n", status: .serviceUnavailable)
            }
            _ = try await site.ledger().counts()
            return .text("ready\n")
        } catch {
            return .text("\(error)\n", status: .serviceUnavailable)
        }
    }
}
