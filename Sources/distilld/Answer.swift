import Foundation

/// What the daemon says to a command.
struct Answer: Encodable {
    var message: String

    func text(json: Bool) throws -> String {
        json ? String(decoding: try JSONEncoder().encode(self), as: UTF8.self) : message
    }
}
