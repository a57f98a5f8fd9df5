import Daemon
import Foundation
import HTTPTypes
import Hummingbird
import Ledger

/// A job's files as they lie in its folder.
struct JobDownload {
    let site: Site

    /// The log, as it is now.
    func log(of id: String) async throws -> Response {
        let job = try await site.job(id)
        guard let tail = try site.files(of: job).logTail(bytes: Self.logBytes) else {
            throw PageError(.notFound, "\(job.id) has no log yet.", way: ("/jobs/\(job.id)", "Back to the job"))
        }
        return .text(tail.text)
    }

    private static let logBytes = 32 << 20

    /// A file of the folder in the outbox: shown where a browser can, or else offered for saving.
    func file(of id: String, _ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let job = try await site.job(id)
        let parts = request.uri.path.split(separator: "/", omittingEmptySubsequences: true).dropFirst(3)
        let names = parts.compactMap { $0.removingPercentEncoding }
        guard names.count == parts.count, let path = site.files(of: job).path(of: names), let name = names.last else {
            throw PageError(
                .notFound, "The folder of \(job.id) has no such file.", way: ("/jobs/\(job.id)", "Back to the job"))
        }
        var headers: HTTPFields = [
            .contentType: Self.type(of: name),
            // Nothing in it runs, sends or loads anything, whoever wrote it. A report brings its own style and pictures.
            .contentSecurityPolicy: "sandbox allow-downloads allow-same-origin; default-src 'none'; "
                + "style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
        ]
        if !Self.isShown(name) {
            headers[.contentDisposition] = "attachment; filename*=UTF-8''\(FormFields.encoded(name))"
        }
        let body = try await FileIO().loadFile(path: path, context: context)
        return Response(status: .ok, headers: headers, body: body)
    }

    private static func suffix(_ name: String) -> String {
        name.split(separator: ".", omittingEmptySubsequences: false).last.map { $0.lowercased() } ?? ""
    }

    private static func isShown(_ name: String) -> Bool {
        ["html", "json", "csv", "txt", "md", "yaml", "png", "jpg", "h", "c"].contains(suffix(name))
            || name == "SHA256SUMS"
    }

    private static func type(of name: String) -> String {
        switch suffix(name) {
        case "html": "text/html; charset=utf-8"
        case "json": "application/json"
        case "png": "image/png"
        case "jpg": "image/jpeg"
        case _ where isShown(name): "text/plain; charset=utf-8"
        default: "application/octet-stream"
        }
    }
}
