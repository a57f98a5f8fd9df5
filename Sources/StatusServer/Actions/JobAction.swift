import Daemon
import Foundation
import Hummingbird
import Ledger

/// Cancel and retry, by forms.
struct JobAction {
    enum Verb: String { case cancel, retry }

    let site: Site

    func run(_ verb: Verb, _ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let body = try await request.body.collect(upTo: 4096)
        try FormToken(site).check(FormFields(String(buffer: body))["token"], request)
        let job = try await site.job(try context.parameters.require("id"))
        do {
            switch verb {
            case .cancel:
                _ = try await site.client.cancel(job.id)
                return .seeOther("/jobs/\(job.id)?said=cancel")
            case .retry:
                _ = try await site.client.retry(job.id)
                let again = try await site.ledger().jobs().first { $0.retryOf == job.id }
                return .seeOther("/jobs/\(again?.id ?? job.id)?said=retry")
            }
        } catch  where error is ControlClient.Failure || error is JobQuery.Failure {
            throw PageError(.conflict, "\(error)", way: ("/jobs/\(job.id)", "Back to the job"))
        }
    }
}

/// That a wish comes from a page of this server.
struct FormToken {
    private let site: Site

    init(_ site: Site) { self.site = site }

    func check(_ token: String?, _ request: Request) throws {
        // Browsers say where a request comes from, and let no page change it.
        if let from = request.headers[.init("Sec-Fetch-Site")!], from != "same-origin" && from != "none" {
            throw PageError(.forbidden, "The wish came from another site, and was not carried out.")
        }
        guard let token, Secrets.areEqual(token, site.formToken) else {
            throw PageError(
                .forbidden, "The page was loaded before the daemon's last start. Load it again, and repeat the wish.",
                way: ("/", "To the overview"))
        }
    }
}
