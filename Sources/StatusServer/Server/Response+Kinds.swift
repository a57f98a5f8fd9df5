import HTTPTypes
import Hummingbird

extension Response {
    static func page(_ html: String) -> Response { of(html, "text/html; charset=utf-8") }

    static func text(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
        var response = of(text, "text/plain; charset=utf-8")
        response.status = status
        return response
    }

    static func of(_ text: String, _ type: String, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: type], body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    /// After something was done: look there, by a GET.
    static func seeOther(_ path: String) -> Response {
        Response(status: .seeOther, headers: [.location: path])
    }
}
