/// Fills a value from a file by a table of fields, and collects every problem on the way.
struct FieldReader<Root: Sendable> {
    let table: FieldTable<Root>
    let file: String
    private(set) var problems: [ManifestProblem] = []
    /// Where the value of each key that the file has stands; `""`: the whole, where it is part of a file.
    var places: [String: YAMLMark] = [:]

    init(table: FieldTable<Root>, file: String) {
        self.table = table
        self.file = file
    }

    var written: Set<String> { Set(places.keys) }

    mutating func read(_ document: YAMLDocument, into root: inout Root) {
        problems += document.problems
        var missing = table.required
        if let node = document.root {
            switch node.content {
            case .mapping(let entries): read(entries, section: "", into: &root)
            case .refused: return
            case .scalar(let text, _):
                report(
                    "", at: node.mark, node.found, allowed: "a mapping: lines of the form \"key: value\"",
                    suggestion: YAMLSyntaxHint.withSpaceAfterColon(text))
                return
            case .sequence:
                report("", at: node.mark, node.found, allowed: "a mapping: lines of the form \"key: value\"")
                return
            }
        } else if !missing.isEmpty {
            report("", at: .wholeFile, "an empty file", allowed: "at least " + requiredWords)
            return
        }
        // A key that has a problem, if only of spelling, is not also missing.
        let tried = Set(problems.compactMap { $0.suggestion ?? $0.key } + problems.map(\.key))
        missing.removeAll { places[$0] != nil || tried.contains($0) }
        for key in missing {
            report(key, at: .wholeFile, "no such key", allowed: table.field(key)?.allowed ?? "a value")
        }
    }

    private var requiredWords: String {
        table.required.map { "\"\($0): ...\" (\(table.field($0)?.allowed ?? "a value"))" }.joined(separator: ", ")
    }
}

extension FieldReader {
    private mutating func read(_ entries: [YAMLEntry], section: String, into root: inout Root) {
        for entry in entries {
            let key = section.isEmpty ? entry.key : section + "." + entry.key
            if let field = table.field(key) {
                places[key] = entry.value.mark
                if let readEntries = field.readEntries {
                    if case .refused = entry.value.content { continue }
                    problems += readEntries(entry.value, file, &root)
                    continue
                }
                read(entry.value, key: key, allowed: field.allowed, into: &root, by: field.read)
            } else if let inner = table.section(key) {
                read(entry.value, as: inner, into: &root)
            } else {
                let path = (section.isEmpty ? [] : [section]) + [[entry.key].dotted]
                if entry.key.contains(":") {
                    let isWhole = entry.value.isNull
                    report(
                        path.joined(separator: "."), at: entry.mark, "no space after the colon",
                        allowed: "a colon and a space between key and value",
                        suggestion: isWhole ? YAMLSyntaxHint.withSpaceAfterColon(entry.key) : nil)
                    continue
                }
                // Past the most that are listed nobody reads the suggestion.
                let meant = problems.count < ManifestProblems.most ? table.meant(by: entry.key, in: section) : nil
                report(
                    path.joined(separator: "."), at: entry.mark, entry.key.isEmpty ? "an empty key" : "an unknown key",
                    allowed: table.keys(in: section).joined(separator: ", "), suggestion: meant)
            }
        }
    }

    mutating func read(_ node: YAMLNode, as section: Section<Root>, into root: inout Root) {
        places[section.key] = node.mark
        let keys = "a mapping of " + table.keys(in: section.key).joined(separator: ", ")
        switch node.content {
        case .mapping(let entries):
            read(entries, section: section.key, into: &root)
        case .scalar where section.shorthand != nil && !node.isNull:
            guard let shorthand = section.shorthand else { return }
            places[shorthand.key] = node.mark
            let allowed = "\(shorthand.allowed); or \(keys)"
            read(node, key: shorthand.key, allowed: allowed, into: &root, by: shorthand.read)
        case .scalar, .sequence:
            let short = section.shorthand.map { "\($0.allowed); or " } ?? ""
            report(section.key, at: node.mark, node.found, allowed: short + keys)
        case .refused: return
        }
    }

    private mutating func read(
        _ node: YAMLNode, key: String, allowed: String, into root: inout Root,
        by read: (YAMLNode, inout Root) throws(Mismatch) -> Void
    ) {
        if case .refused = node.content { return }
        do {
            try read(node, &root)
        } catch {
            report(
                key, at: node.mark, error.found, allowed: error.allowed ?? allowed, suggestion: error.suggestion)
        }
    }
}

extension FieldReader {
    mutating func report(
        _ key: String, at mark: YAMLMark, _ found: String, allowed: String, suggestion: String? = nil,
        severity: ManifestProblem.Severity = .error
    ) {
        problems.append(
            ManifestProblem(
                severity: severity, file: file, line: mark.line, column: mark.column, key: key, found: found,
                allowed: allowed, suggestion: suggestion))
    }

    /// Whether none of these keys has a problem of its own, so that their combination can be judged.
    func isSound(_ keys: String...) -> Bool {
        !problems.contains { problem in
            problem.severity == .error && keys.contains { problem.key == $0 || $0.hasPrefix(problem.key + ".") }
        }
    }

    /// Refuses a combination; it is reported where the last of `keys` in the file stands, under that key.
    mutating func refuse(_ keys: String..., found: String, allowed: String, suggestion: String? = nil) {
        let (key, mark) = last(of: keys)
        report(key, at: mark, found, allowed: allowed, suggestion: suggestion)
    }

    /// The same for something that works but is probably not meant.
    mutating func warn(_ keys: String..., found: String, advised: String) {
        let (key, mark) = last(of: keys)
        report(key, at: mark, found, allowed: advised, severity: .warning)
    }

    private func last(of keys: [String]) -> (String, YAMLMark) {
        let found = keys.compactMap { key in places[key].map { (key, $0) } }
        return found.max { ($0.1.line, $0.1.column) < ($1.1.line, $1.1.column) }
            ?? (keys[0], places[""] ?? .wholeFile)
    }
}
