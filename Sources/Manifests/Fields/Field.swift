/// A key of a file: its type, its place in the value that is made, and its documentation. Parser, writer and
/// reference all go by the same list of these.
struct Field<Root: Sendable>: Sendable {
    /// Dotted path: `training.learningRate`.
    let key: String
    /// What may stand there.
    let allowed: String
    /// A phrase for the comment in a written file.
    let summary: String
    /// Further sentences for the reference.
    let detail: String
    let read: @Sendable (YAMLNode, inout Root) throws(Mismatch) -> Void
    /// The value as YAML; what begins with a line break stands below its key.
    let write: @Sendable (Root) -> String
    /// In place of `read` for a value that has problems of its own: returns them.
    let readEntries: (@Sendable (YAMLNode, _ file: String, inout Root) -> [ManifestProblem])?
    /// What may stand there, as JSON Schema.
    let schema: JSONValue
    /// Whether a written file has the key.
    let isWritten: @Sendable (Root) -> Bool

    init<Value>(
        _ key: String, _ path: WritableKeyPath<Root, Value> & Sendable, _ kind: ValueKind<Value>, _ summary: String,
        detail: String = "", isWritten: @escaping @Sendable (Root) -> Bool = { _ in true }
    ) {
        self.key = key
        allowed = kind.allowed
        self.summary = summary
        self.detail = detail
        self.isWritten = isWritten
        read = { node, root throws(Mismatch) in root[keyPath: path] = try kind.read(node) }
        write = { kind.write($0[keyPath: path]) }
        readEntries = nil
        schema = kind.schema
    }

    init(
        _ key: String, allowed: String, schema: JSONValue, summary: String, detail: String,
        write: @escaping @Sendable (Root) -> String,
        readEntries: @escaping @Sendable (YAMLNode, _ file: String, inout Root) -> [ManifestProblem]
    ) {
        self.key = key
        self.allowed = allowed
        self.schema = schema
        self.summary = summary
        self.detail = detail
        self.write = write
        self.readEntries = readEntries
        isWritten = { _ in true }
        read = { node, _ throws(Mismatch) in throw Mismatch(node.found) }
    }
}

/// A key that holds further keys.
struct Section<Root: Sendable>: Sendable {
    let key: String
    let summary: String
    /// What a single value in place of the mapping means.
    let shorthand: Shorthand?

    struct Shorthand: Sendable {
        /// The key that a problem with the value belongs to.
        let key: String
        let allowed: String
        let schema: JSONValue
        let read: @Sendable (YAMLNode, inout Root) throws(Mismatch) -> Void

        init<Value>(
            _ key: String, _ path: WritableKeyPath<Root, Value> & Sendable, _ kind: ValueKind<Value>
        ) {
            self.key = key
            allowed = kind.allowed
            schema = kind.schema
            read = { node, root throws(Mismatch) in root[keyPath: path] = try kind.read(node) }
        }
    }

    init(_ key: String, _ summary: String, shorthand: Shorthand? = nil) {
        self.key = key
        self.summary = summary
        self.shorthand = shorthand
    }
}

/// Every key of a kind of file, in the order in which it is written.
struct FieldTable<Root: Sendable>: Sendable {
    let sections: [Section<Root>]
    let fields: [Field<Root>]
    /// Keys without a default, each with what may stand there.
    let required: [String]
    /// Other names for a key, without case and `_`; the values are last components of keys.
    let synonyms: [String: String]
    /// What no single key of an entry of a list can tell.
    var check: (@Sendable (Root, inout FieldReader<Root>) -> Void)?
}

extension FieldTable {
    func field(_ key: String) -> Field<Root>? { fields.first { $0.key == key } }
    func section(_ key: String) -> Section<Root>? { sections.first { $0.key == key } }

    /// The last components of the keys directly in a section; `""` is the file itself.
    func keys(in section: String) -> [String] {
        let prefix = section.isEmpty ? "" : section + "."
        var keys: [String] = []
        for key in fields.map(\.key) where key.hasPrefix(prefix) {
            let own = String(key.dropFirst(prefix.count).prefix { $0 != "." })
            if !keys.contains(own) { keys.append(own) }
        }
        return keys
    }

    /// What was probably meant by an unknown key of a section: another key of it, or the same key elsewhere.
    func meant(by word: String, in section: String) -> String? {
        if let near = Spelling.nearest(to: word, among: keys(in: section), synonyms: synonyms) { return near }
        let all = fields.map(\.key) + sections.map(\.key)
        func name(_ key: String) -> String { String(key.split(separator: ".").last ?? "") }
        if all.contains(word) { return word }
        let names = all.map(name)
        guard let meant = names.contains(word) ? word : Spelling.nearest(to: word, among: names, synonyms: synonyms)
        else { return nil }
        return all.filter { name($0) == meant }.joined(separator: "\" or \"")
    }
}
