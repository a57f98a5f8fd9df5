/// Why a node cannot be evaluated or planned; the node itself is added by who called it.
struct OperatorError: Error, Equatable {
    let reason: String
    /// Whether the reason is a limit of this importer and not a fault of the file.
    let isUnsupported: Bool

    init(_ reason: String, isUnsupported: Bool = false) {
        self.reason = reason
        self.isUnsupported = isUnsupported
    }

    static func unsupported(_ reason: String) -> OperatorError { OperatorError(reason, isUnsupported: true) }
}
