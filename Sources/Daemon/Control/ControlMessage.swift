import Foundation

/// A wish of another program: the content of `control/ID.command.json`.
struct ControlCommand: Codable, Sendable, Equatable {
    enum Verb: String, Codable, Sendable { case cancel, retry }

    var verb: Verb
    /// The job's identifier in full.
    var job: String

    static let suffix = ".command.json"
}

/// What the daemon says to it: the content of `control/ID.answer.json`.
public struct ControlAnswer: Codable, Sendable, Equatable {
    public var isDone: Bool
    /// For the user.
    public var message: String

    static let suffix = ".answer.json"
}
