/// The manifest for editors: JSON Schema (draft 2020-12), made from the table that the parser reads by.
///
/// It knows keys, types, words and ranges; what depends on several keys at once is the parser's to say.
public enum ManifestSchema {
    /// The content of `Etc/docs/manifest.schema.json`.
    public static func json() -> String {
        guard case .object(let members) = JobFields.table.schema(of: "") else { return "" }
        let head: [(key: String, value: JSONValue)] = [
            ("$schema", .text("https://json-schema.org/draft/2020-12/schema")),
            ("title", .text("A distilld job")),
        ]
        return JSONValue.object(head + members).written() + "\n"
    }
}

extension FieldTable {
    /// A mapping of the keys of a section; `""` is the file itself, or an entry of a list.
    func schema(of section: String) -> JSONValue {
        let prefix = section.isEmpty ? "" : section + "."
        let properties = keys(in: section).map { own -> (key: String, value: JSONValue) in
            let key = prefix + own
            guard let field = field(key) else { return (own, schema(ofSection: key)) }
            return (own, field.schema.described(field.summary))
        }
        var members: [(key: String, value: JSONValue)] = [
            ("type", .text("object")), ("properties", .object(properties)), ("additionalProperties", .flag(false)),
        ]
        let needed = required.filter { $0.hasPrefix(prefix) && !$0.dropFirst(prefix.count).contains(".") }
        if !needed.isEmpty { members.append(("required", .list(needed.map { .text($0) }))) }
        return .object(members)
    }

    private func schema(ofSection key: String) -> JSONValue {
        let mapping = schema(of: key)
        let section = section(key)
        let value = section?.shorthand.map { JSONValue.anyOf([mapping, $0.schema]) } ?? mapping
        return value.described(section?.summary ?? "")
    }
}

extension JSONValue {
    fileprivate func described(_ text: String) -> JSONValue {
        guard case .object(let members) = self, !text.isEmpty else { return self }
        return .object([("description", .text(text))] + members)
    }
}
