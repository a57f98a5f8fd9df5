extension DecodingError {
    /// What is wrong, with the place in the document.
    var plainDescription: String {
        let (what, context): (String, Context) =
            switch self {
            case .typeMismatch(_, let context): ("wrong type", context)
            case .valueNotFound(_, let context): ("missing value", context)
            case .keyNotFound(let key, let context): ("missing '\(key.stringValue)'", context)
            case .dataCorrupted(let context): (context.debugDescription, context)
            @unknown default: ("unreadable", Context(codingPath: [], debugDescription: "\(self)"))
            }
        let path = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }
        return path.isEmpty ? what : "\(what) at \(path.joined(separator: " / "))"
    }
}
