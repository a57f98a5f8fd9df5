/// Something about a dataset that a person should know; never fatal by itself.
public struct LintFinding: Sendable, Equatable, Codable {
    public enum Kind: String, Sendable, Codable, CaseIterable {
        /// A class has few training images.
        case smallClass
        /// The largest class has many times the training images of the smallest.
        case unbalanced
        /// Images with the same pixels within one split.
        case exactDuplicates
        /// Images whose pixels differ by less than recompression does.
        case nearDuplicates
        /// Images with the same pixels in training and in evaluation or test: left out of training.
        case leakage
        /// As `leakage`, but the pixels differ a little: reported, nothing is left out.
        case nearLeakage
        /// Images with the same pixels and different labels: left out of training.
        case conflictingLabels
        /// Images of one colour.
        case constant
    }

    public enum Severity: String, Sendable, Codable { case note, warning }

    public var kind: Kind
    public var severity: Severity
    /// A sentence or two: what was found, and what was or should be done about it.
    public var message: String
    /// Images (for `smallClass` and `unbalanced`: classes) it is about.
    public var count: Int
    /// At most `exampleLimit` paths or class names; duplicates as `path = path`.
    public var examples: [String]

    public static let exampleLimit = 20

    public init(kind: Kind, severity: Severity, message: String, count: Int, examples: [String]) {
        self.kind = kind
        self.severity = severity
        self.message = message
        self.count = count
        self.examples = Array(examples.prefix(Self.exampleLimit))
    }
}
