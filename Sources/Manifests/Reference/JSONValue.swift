/// A JSON document to be written: members keep their order.
indirect enum JSONValue: Sendable {
    case text(String)
    case number(Double)
    case whole(Int)
    case flag(Bool)
    case list([JSONValue])
    case object([(key: String, value: JSONValue)])

    /// Indented by two spaces; lists and objects that are short stand on one line.
    func written(indent: Int = 0) -> String {
        let line = flat
        if line.utf8.count <= 100 - indent { return line }
        let inner = String(repeating: " ", count: indent + 2)
        let outer = String(repeating: " ", count: indent)
        switch self {
        case .list(let values):
            return "[\n" + values.map { inner + $0.written(indent: indent + 2) }.joined(separator: ",\n")
                + "\n\(outer)]"
        case .object(let members):
            let lines = members.map { "\(inner)\(Self.quoted($0.key)): \($0.value.written(indent: indent + 2))" }
            return "{\n" + lines.joined(separator: ",\n") + "\n\(outer)}"
        default: return line
        }
    }

    private var flat: String {
        switch self {
        case .text(let text): Self.quoted(text)
        case .number(let value): value.short
        case .whole(let value): String(value)
        case .flag(let value): value ? "true" : "false"
        case .list(let values): "[" + values.map(\.flat).joined(separator: ", ") + "]"
        case .object(let members):
            "{" + members.map { "\(Self.quoted($0.key)): \($0.value.flat)" }.joined(separator: ", ") + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case _ where scalar.value < 0x20:
                let hex = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

// Parts of JSON Schema.
extension JSONValue {
    static func type(_ name: String, _ more: [(key: String, value: JSONValue)] = []) -> JSONValue {
        .object([("type", .text(name))] + more)
    }

    /// Alternatives; those of alternatives stand beside the others.
    static func anyOf(_ choices: [JSONValue]) -> JSONValue {
        let flat = choices.flatMap { choice -> [JSONValue] in
            if case .object(let members) = choice, members.count == 1, members[0].key == "anyOf",
                case .list(let inner) = members[0].value
            {
                return inner
            }
            return [choice]
        }
        return .object([("anyOf", .list(flat))])
    }
}
