import Daemon
import Foundation
import HTTPTypes
import Hummingbird

/// A file for the inbox, as the body of a PUT.
struct Upload {
    let site: Site

    func take(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        try FormToken(site).check(request.headers[.init("X-Distilld-Token")!], request)
        // Of the raw path: a name may hold any sign, encoded.
        let raw = request.uri.path.dropFirst("/inbox/".count)
        guard let name = raw.removingPercentEncoding else {
            throw PageError(.badRequest, "The file's name is not encoded as it should be.")
        }
        let upload: InboxUpload
        do {
            upload = try InboxUpload(
                name: name, bytes: request.headers[.contentLength].flatMap { Int($0) }, inbox: site.config.inbox)
            defer { upload.abandon() }
            for try await piece in request.body {
                try piece.withUnsafeReadableBytes { try upload.write($0) }
            }
            try upload.finish()
        } catch let refusal as InboxUpload.Refusal {
            throw PageError(Self.status(refusal.reason), refusal.description)
        } catch let error as FileError {
            throw PageError(.noSpace, "The inbox \(error).")
        }
        return .text("\(name) is in the inbox.\n", status: .created)
    }

    private static func status(_ reason: InboxUpload.Refusal.Reason) -> HTTPResponse.Status {
        switch reason {
        case .name: .unprocessableContent
        case .exists: .conflict
        case .space: .noSpace
        case .incomplete: .badRequest
        }
    }
}
