/// An operation that cannot be applied to what it was given.
public struct ShapeError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The node's name, such as `stage2.0.conv1`.
    public let node: String
    /// The operation's name, such as `convolution`.
    public let operation: String
    public let expected: String
    public let found: String

    public init(node: String, operation: String, expected: String, found: String) {
        self.node = node
        self.operation = operation
        self.expected = expected
        self.found = found
    }

    public var description: String { "\(operation) '\(node)': expected \(expected), found \(found)" }
}
