/// What a check of the machine or the installation has found.
public struct Diagnosis: Codable, Sendable, Equatable {
    public enum Level: String, Codable, Sendable, CaseIterable {
        /// As it should be.
        case ok
        /// Works, less well than it could.
        case warning
        /// Jobs cannot run like this.
        case problem
    }

    public var level: Level
    /// What was looked at, in a word or two.
    public var subject: String
    /// What was found.
    public var finding: String
    /// What to do; `nil` where nothing needs to be done.
    public var fix: String?

    public init(_ level: Level, _ subject: String, _ finding: String, fix: String? = nil) {
        self.level = level
        self.subject = subject
        self.finding = finding
        self.fix = fix
    }
}
