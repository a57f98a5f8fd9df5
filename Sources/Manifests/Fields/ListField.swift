extension Field {
    /// A list of mappings, each read by a table of its own; an entry may also be a single value.
    ///
    /// - Parameters:
    ///   - key: without a section.
    ///   - table: of an entry; its required keys must stand in every entry that is a mapping.
    ///   - shorthand: what a single value means.
    ///   - entry: what is not written in an entry has these values.
    ///   - noun: what an entry is, in the plural.
    ///   - none: the word for no list, and what it means.
    init<Entry: Sendable>(
        list key: String, _ path: WritableKeyPath<Root, [Entry]?> & Sendable, of table: FieldTable<Entry>,
        shorthand: Section<Entry>.Shorthand, entry: Entry, counts: ClosedRange<Int>, noun: String,
        none: (word: String, meaning: String), _ summary: String, detail: String = ""
    ) {
        let allowed =
            "a list of \(counts.lowerBound) to \(counts.upperBound) \(noun), each a mapping of "
            + "\(table.keys(in: "").joined(separator: ", ")) or its \(shorthand.key) alone; or \(none.word) "
            + "(\(none.meaning))"
        let word = none.word
        self.init(
            key, allowed: allowed,
            schema: .anyOf([
                .type(
                    "array",
                    [
                        ("minItems", .whole(counts.lowerBound)), ("maxItems", .whole(counts.upperBound)),
                        ("items", .anyOf([table.schema(of: ""), shorthand.schema])),
                    ]),
                .object([("const", .text(none.word))]),
            ]), summary: summary, detail: detail,
            write: { root in
                guard let entries = root[keyPath: path] else { return word }
                return entries.map { entry in
                    "\n- { "
                        + table.fields.filter { $0.isWritten(entry) }
                        .map { "\($0.key): \($0.write(entry))" }.joined(separator: ", ") + " }"
                }.joined()
            },
            readEntries: { node, file, root in
                guard case .sequence(let nodes) = node.content, counts.contains(nodes.count) else {
                    if case .scalar(word, _) = node.content {
                        root[keyPath: path] = nil
                        return []
                    }
                    var found = node.found
                    if case .sequence(let nodes) = node.content {
                        found = nodes.isEmpty ? "an empty list" : "a list of \(nodes.count)"
                    }
                    return [
                        ManifestProblem(
                            file: file, line: node.mark.line, column: node.mark.column, key: key, found: found,
                            allowed: allowed)
                    ]
                }
                var (entries, problems): ([Entry], [ManifestProblem]) = ([], [])
                for (index, node) in nodes.enumerated() {
                    var value = entry
                    var reader = FieldReader(table: table, file: file)
                    reader.read(entry: node, shorthand: shorthand, into: &value)
                    entries.append(value)
                    problems += reader.problems.map { problem in
                        var problem = problem
                        let name = "\(key)[\(index + 1)]"
                        problem.key = problem.key.isEmpty ? name : "\(name).\(problem.key)"
                        return problem
                    }
                }
                root[keyPath: path] = entries
                return problems
            })
    }
}

extension FieldReader {
    /// Reads an entry of a list.
    fileprivate mutating func read(
        entry node: YAMLNode, shorthand: Section<Root>.Shorthand, into root: inout Root
    ) {
        read(node, as: Section("", "", shorthand: shorthand), into: &root)
        guard case .mapping = node.content else { return }
        for key in table.required where !written.contains(key) && isSound(key) {
            report(key, at: node.mark, "no such key", allowed: table.field(key)?.allowed ?? "a value")
        }
        places[""] = node.mark
        table.check?(root, &self)
    }
}
