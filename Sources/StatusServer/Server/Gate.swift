import Foundation
import HTTPTypes
import Hummingbird
import Manifests
import Reporting

/// Who may come in, and what every answer says to the browser.
///
/// - Host: a page of another site can make a browser ask here under a name of its own (DNS rebinding), but neither
///   under `localhost` nor under an address. Other names are refused unless the configuration has them.
/// - Token: where the configuration has one, by HTTP Basic (any user name; browsers ask for it) or Bearer.
/// - What changes something is never a GET, and needs the page's own token, which other sites cannot read.
struct Gate: RouterMiddleware {
    typealias Context = BasicRequestContext

    let site: Site

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        var response: Response
        do {
            try checkHost(request)
            if !isOpen(request) { try checkToken(request) }
            response = try await next(request, context)
        } catch let error as PageError {
            response = answer(error, to: request)
        } catch let error as HTTPError {
            let status = error.status
            let message = status == .notFound ? "There is no such page." : error.body ?? status.reasonPhrase
            response = answer(PageError(status, message), to: request)
        } catch {
            context.logger.warning("A request failed", metadata: ["path": "\(request.uri.path)", "error": "\(error)"])
            response = answer(PageError(.internalServerError, "\(error)"), to: request)
        }
        if response.headers[.contentSecurityPolicy] == nil {
            response.headers[.contentSecurityPolicy] = Self.contentSecurityPolicy
        }
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers[HTTPField.Name("Referrer-Policy")!] = "same-origin"
        response.headers[HTTPField.Name("Cross-Origin-Resource-Policy")!] = "same-origin"
        response.headers[HTTPField.Name("Cross-Origin-Opener-Policy")!] = "same-origin"
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
        return response
    }

    /// Everything from this server, nothing from elsewhere, nothing inline: a name that got through unescaped would
    /// still not run.
    static let contentSecurityPolicy =
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
        + "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

    private func checkHost(_ request: Request) throws {
        guard let host = Host(request.head.authority ?? "") else {
            throw PageError(.badRequest, "The request names no host.")
        }
        guard host.isAddress || host.name == "localhost" || site.config.http.hosts.contains(where: host.matches) else {
            throw PageError(
                .misdirected,
                "This page is not served under the name \(host.name). Ask for localhost or the machine's address, or "
                    + "add the name to `http.hosts` in the daemon's configuration.")
        }
    }

    /// Probes of supervisors carry no token, and learn nothing but whether the daemon lives.
    private func isOpen(_ request: Request) -> Bool { ["/healthz", "/readyz"].contains(request.uri.path) }

    private func checkToken(_ request: Request) throws {
        guard let wanted = site.config.http.token else { return }
        let words = (request.headers[.authorization] ?? "").split(separator: " ", maxSplits: 1).map(String.init)
        var given: String?
        if words.count == 2, words[0].lowercased() == "bearer" {
            given = words[1]
        } else if words.count == 2, words[0].lowercased() == "basic", let pair = Data(base64Encoded: words[1]) {
            given = String(decoding: pair, as: UTF8.self).split(separator: ":", maxSplits: 1).last.map(String.init)
        }
        guard let given, Secrets.areEqual(given, wanted) else {
            throw PageError(
                .unauthorized,
                "This page needs the token of the daemon's configuration (`http.token`), as the password.")
        }
    }

    private func answer(_ error: PageError, to request: Request) -> Response {
        var response: Response
        if (request.headers[.accept] ?? "").contains("text/html") {
            let way: Markup = error.way.map { "<p><a href=\"\($0.path)\">\($0.words)</a></p>" } ?? ""
            response = .page(
                Frame(title: error.status.reasonPhrase, place: .none).render(
                    "<h1 class=\"page\">\(error.status.reasonPhrase)</h1><p class=\"problem\">\(error.message)</p>\(way)",
                    site))
            response.status = error.status
        } else {
            response = .text(error.message + "\n", status: error.status)
        }
        if error.status == .unauthorized {
            response.headers[.wwwAuthenticate] = "Basic realm=\"distilld\", charset=\"UTF-8\""
        }
        return response
    }
}

/// The host of a request, without its port.
struct Host: Equatable {
    /// In lower case; an IPv6 address without its brackets.
    let name: String
    let isAddress: Bool

    init?(_ authority: String) {
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            name = authority[authority.index(after: authority.startIndex)..<end].lowercased()
            var six = in6_addr()
            guard inet_pton(AF_INET6, name, &six) == 1 else { return nil }
            isAddress = true
            return
        }
        let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2, let first = parts.first, !first.isEmpty else { return nil }
        name = first.lowercased()
        var four = in_addr()
        isAddress = inet_pton(AF_INET, name, &four) == 1
    }

    func matches(_ other: String) -> Bool { name == other.lowercased() }
}
