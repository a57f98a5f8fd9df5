/// One thing that is wrong, or unwise, in a manifest or a configuration file.
public struct ManifestProblem: Error, Sendable, Equatable {
    public enum Severity: String, Sendable { case error, warning }

    public var severity: Severity
    /// The file as the user knows it.
    public var file: String
    /// Counted from 1; 0: the file as a whole.
    public var line: Int
    /// Counted from 1 in Unicode scalars, as editors do; 0: the file as a whole.
    public var column: Int
    /// Dotted path such as `training.optimizer`; empty where the problem is no key's.
    public var key: String
    /// What stands there, in words or in quotes: `"sdg"`, `an unknown key`, `a tab in the indentation`.
    public var found: String
    /// What may stand there; for a warning, what is advised.
    public var allowed: String
    /// The nearest right spelling, to be put in place of what was found.
    public var suggestion: String?

    public init(
        severity: Severity = .error, file: String, line: Int, column: Int, key: String, found: String,
        allowed: String, suggestion: String? = nil
    ) {
        self.severity = severity
        self.file = file
        self.line = line
        self.column = column
        self.key = key
        self.found = found
        self.allowed = allowed
        self.suggestion = suggestion
    }
}

extension ManifestProblem {
    /// `cifar.job.yaml:7:14`, or the file alone.
    public var place: String { line > 0 ? "\(file):\(line):\(column)" : file }
}

extension ManifestProblem: CustomStringConvertible {
    /// `cifar.job.yaml:7:14: training.optimizer: found "sdg"; allowed: sgd, adamw. Did you mean "sgd"?`
    public var description: String {
        var text = place + ": "
        if severity == .warning { text += "warning: " }
        if !key.isEmpty { text += key + ": " }
        text += "found \(found); \(severity == .error ? "allowed" : "advised"): \(allowed)."
        if let suggestion { text += " Did you mean \"\(suggestion)\"?" }
        return text
    }
}
