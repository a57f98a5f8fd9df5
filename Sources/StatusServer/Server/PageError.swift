import HTTPTypes

extension HTTPResponse.Status {
    /// RFC 4918, section 11.5.
    static let noSpace = HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage")
    /// RFC 9110, section 15.5.20.
    static let misdirected = HTTPResponse.Status(code: 421, reasonPhrase: "Misdirected Request")
}

/// Why a request got no answer, for the visitor.
struct PageError: Error {
    var status: HTTPResponse.Status
    var message: String
    /// Path and words of where to go from here.
    var way: (path: String, words: String)?

    init(_ status: HTTPResponse.Status, _ message: String, way: (path: String, words: String)? = nil) {
        self.status = status
        self.message = message
        self.way = way
    }

    static func noJob(_ id: String) -> PageError {
        PageError(.notFound, "There is no job \"\(id.prefix(200))\".", way: ("/history", "Look in the history"))
    }
}
