/// A type of value a key can have: how it is described, read and written.
struct ValueKind<Value: Sendable>: Sendable {
    /// What may stand there, for messages and the reference: `a whole number from 1 to 10,000`.
    var allowed: String
    /// Reads a value, or says what is wrong with it.
    var read: @Sendable (YAMLNode) throws(Mismatch) -> Value
    /// A YAML scalar or flow sequence that `read` reads as the same value.
    var write: @Sendable (Value) -> String
    /// The same as `allowed`, as far as JSON Schema can say it; without a member: anything.
    var schema = JSONValue.object([])
}

/// Why a value was refused.
struct Mismatch: Error {
    var found: String
    /// nil: what the kind allows.
    var allowed: String?
    var suggestion: String?

    init(_ found: String, allowed: String? = nil, suggestion: String? = nil) {
        self.found = found
        self.allowed = allowed
        self.suggestion = suggestion
    }
}

extension ValueKind {
    /// A value of another kind, or the word `none` for nil.
    static func optional<Wrapped>(
        _ kind: ValueKind<Wrapped>, none: String, meaning: String
    ) -> ValueKind where Value == Wrapped? {
        ValueKind(
            allowed: "\(kind.allowed), or \(none) (\(meaning))",
            read: { node throws(Mismatch) in
                if case .scalar(none, _) = node.content { return nil }
                do throws(Mismatch) {
                    return try kind.read(node)
                } catch {
                    var mismatch = error
                    if node.isNull {
                        mismatch.suggestion = none
                    } else if mismatch.suggestion == nil, case .scalar(let text, _) = node.content {
                        mismatch.suggestion = Spelling.nearest(
                            to: text, among: [none], synonyms: none == "none" ? offWords : autoWords)
                    }
                    throw mismatch
                }
            },
            write: { $0.map(kind.write) ?? none },
            schema: .anyOf([kind.schema, .object([("const", .text(none))])]))
    }
}

/// What people write where nothing is wanted; `none` is what a manifest says.
private let offWords = Dictionary(
    uniqueKeysWithValues: ["0", "off", "no", "false", "never", "nil", "disabled", "unlimited", "inf"].map {
        ($0, "none")
    })

/// The same where something is chosen; `auto` is what a manifest says.
private let autoWords = ["default": "auto", "automatic": "auto", "detect": "auto", "any": "auto"]

extension ValueKind where Value == Bool {
    /// `true` or `false`, and none of the other words that YAML 1.1 takes for them.
    static let flag = ValueKind(
        allowed: "true or false",
        read: { node throws(Mismatch) in
            guard case .scalar(let text, let quoted) = node.content else { throw Mismatch(node.found) }
            let meant: String? =
                switch text.lowercased() {
                case "true", "yes", "on", "y", "1": "true"
                case "false", "no", "off", "n", "0": "false"
                default: Spelling.nearest(to: text, among: ["true", "false"])
                }
            if !quoted && text == meant { return text == "true" }
            if quoted && text == meant { throw Mismatch("\(text.shown) in quotes, which make it text") }
            throw Mismatch(node.found, suggestion: meant)
        },
        write: { $0 ? "true" : "false" }, schema: .type("boolean"))
}

extension ValueKind where Value == String {
    /// One of a list of words.
    static func word(_ words: [String], synonyms: [String: String] = [:]) -> ValueKind {
        ValueKind(
            allowed: words.joined(separator: ", "),
            read: { node throws(Mismatch) in
                guard case .scalar(let text, _) = node.content else { throw Mismatch(node.found) }
                if words.contains(text) { return text }
                throw Mismatch(
                    node.found, suggestion: Spelling.nearest(to: text, among: words, synonyms: synonyms))
            },
            write: { $0 }, schema: .object([("enum", .list(words.map { .text($0) }))]))
    }

    /// Free text that `check` does not object to.
    ///
    /// - Parameter pattern: a regular expression that says the same, where one can.
    static func text(
        _ allowed: String, pattern: String? = nil, check: @escaping @Sendable (String) throws(Mismatch) -> Void
    ) -> ValueKind {
        ValueKind(
            allowed: allowed,
            read: { node throws(Mismatch) in
                guard case .scalar(let text, _) = node.content, !node.isNull else { throw Mismatch(node.found) }
                try check(text)
                return text
            },
            write: { YAMLText.scalar($0) },
            schema: .type("string", pattern.map { [("pattern", .text($0))] } ?? []))
    }
}

extension ValueKind where Value: CaseIterable & RawRepresentable, Value.RawValue == String {
    /// One of the cases, by its name.
    static func choice(synonyms: [String: String] = [:]) -> ValueKind {
        let word = ValueKind<String>.word(Value.allCases.map(\.rawValue), synonyms: synonyms)
        return ValueKind(
            allowed: word.allowed,
            read: { node throws(Mismatch) in
                let text = try word.read(node)
                guard let value = Value(rawValue: text) else { throw Mismatch(node.found) }
                return value
            },
            write: { $0.rawValue }, schema: word.schema)
    }
}

extension ValueKind {
    /// A list of values, in brackets or a line each.
    static func list<Element>(of element: ValueKind<Element>) -> ValueKind where Value == [Element] {
        ValueKind(
            allowed: "a list, each \(element.allowed)",
            read: { node throws(Mismatch) in
                guard case .sequence(let nodes) = node.content else { throw Mismatch(node.found) }
                var values: [Element] = []
                for (index, node) in nodes.enumerated() {
                    do throws(Mismatch) {
                        values.append(try element.read(node))
                    } catch {
                        throw Mismatch(
                            "\(error.found) as entry \(index + 1)", allowed: error.allowed ?? element.allowed,
                            suggestion: error.suggestion)
                    }
                }
                return values
            },
            write: { "[" + $0.map(element.write).joined(separator: ", ") + "]" },
            schema: .type("array", [("items", element.schema)]))
    }
}
