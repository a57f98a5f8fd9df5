/// Why an ONNX file cannot be used as a network.
public struct ImportError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file's name as the user knows it.
    public let file: String
    /// The node at fault; `nil` where the file as a whole is.
    public let node: Node?
    /// What is wrong, in words.
    public let reason: String
    /// What to do about it.
    public let advice: String

    public struct Node: Equatable, Sendable, CustomStringConvertible {
        /// Its name, or the name of its first output where it has none.
        public let name: String
        public let operation: String
        /// Version of the operator set that the file asks for.
        public let opset: Int

        public var description: String { "node '\(name)' (\(operation), opset \(opset))" }
    }

    init(file: String, node: Node? = nil, reason: String, advice: String) {
        self.file = file
        self.node = node
        self.reason = reason
        self.advice = advice
    }

    public var description: String {
        let place = node.map { ": \($0)" } ?? ""
        return "\(file)\(place): \(reason). \(advice)"
    }

    static let exportAgain = "Export the model to ONNX again and check the file with onnx.checker.check_model."
    static let exportPlainly =
        "Export it for inference, with a static image size and opset 13 to 21, and simplify it (onnxsim), or use "
        + "another teacher."
}
