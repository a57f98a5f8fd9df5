/// Writes a value as YAML by a table of fields: every key, each with its comment.
struct FieldWriter<Root: Sendable> {
    let table: FieldTable<Root>
    /// Column of the comments; a longer line takes its comment right behind it.
    private let commentColumn = 34

    init(table: FieldTable<Root>) { self.table = table }

    func yaml(_ root: Root) -> String {
        var lines: [String] = []
        var open: [String] = []
        for field in table.fields where field.isWritten(root) {
            let parts = field.key.split(separator: ".").map(String.init)
            let parents = Array(parts.dropLast())
            // Sections that this key is in and the one before was not.
            let shared = zip(open, parents).prefix { $0 == $1 }.count
            for depth in shared..<parents.count {
                let section = table.section(parents[...depth].joined(separator: "."))
                lines.append(line(indent: depth, "\(parents[depth]):", section?.summary))
            }
            open = parents
            let value = field.write(root).split(separator: "\n", omittingEmptySubsequences: false)
            let first = value[0].isEmpty ? ":" : ": \(value[0])"
            lines.append(line(indent: parents.count, parts[parts.count - 1] + first, field.summary))
            for rest in value.dropFirst() { lines.append(line(indent: parents.count + 1, String(rest), nil)) }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func line(indent: Int, _ text: String, _ comment: String?) -> String {
        let line = String(repeating: "  ", count: indent) + text
        guard let comment, !comment.isEmpty else { return line }
        return line + String(repeating: " ", count: max(2, commentColumn - line.unicodeScalars.count)) + "# " + comment
    }
}
