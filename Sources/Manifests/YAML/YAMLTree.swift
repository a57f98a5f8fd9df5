/// Builds the tree of a file from its events, and refuses the parts of YAML that no manifest needs and that make
/// files dangerous or ambiguous: anchors, aliases, merge keys, tags, duplicate keys, keys that are no words,
/// several documents, and more nesting or more values than any manifest has.
struct YAMLTree {
    /// A manifest has three levels.
    static let deepest = 16
    /// A manifest has about fifty values, a configuration with many dataset roots some hundreds.
    static let mostValues = 4096

    private let source: YAMLSource
    private let stream: YAMLEventStream
    private var problems: [ManifestProblem] = []
    private var values = 0

    /// - Throws: that the file is no text or no YAML. Problems that leave the rest readable are in the document.
    static func read(_ bytes: [UInt8], file: String, limit: Int) throws(ManifestProblems) -> YAMLDocument {
        let source = try YAMLSource(bytes, file: file, limit: limit)
        var tree = YAMLTree(source: source)
        do {
            return YAMLDocument(root: try tree.document(), problems: tree.problems)
        } catch {
            switch error {
            case .syntax(let error):
                throw ManifestProblems(tree.problems + [YAMLSyntaxHint.problem(for: error, in: source)])
            case .refused(let problem):
                throw ManifestProblems(tree.problems + [problem])
            }
        }
    }

    private enum Failure: Error {
        case syntax(YAMLSyntaxError)
        case refused(ManifestProblem)
    }

    private init(source: YAMLSource) {
        self.source = source
        stream = YAMLEventStream(source)
    }
}

extension YAMLTree {
    private mutating func document() throws(Failure) -> YAMLNode? {
        var root: YAMLNode?
        var documents = 0
        while true {
            let event = try next()
            switch event.kind {
            case .streamEnd: return root
            case .documentStart:
                documents += 1
                guard documents == 1 else {
                    throw .refused(
                        problem(
                            event.start, "", "a second document (---)",
                            "one document; put the other in a file of its own"))
                }
            case .streamStart, .documentEnd: continue
            default:
                let node = try self.node(event, path: [])
                root = node.isNull ? nil : node
            }
        }
    }

    /// The value that begins with `event`; `path` are the keys that lead to it.
    private mutating func node(_ event: YAMLEvent, path: [String]) throws(Failure) -> YAMLNode {
        values += 1
        guard values <= Self.mostValues else {
            throw .refused(
                problem(
                    event.start, "", "more than \(Self.mostValues.grouped) values", "at most \(Self.mostValues.grouped)"
                ))
        }
        guard path.count <= Self.deepest else {
            throw .refused(
                problem(event.start, "", "more than \(Self.deepest) levels of nesting", "at most \(Self.deepest)"))
        }
        switch event.kind {
        case .scalar(let text, let quoted, let properties):
            check(properties, at: event.start, path)
            return YAMLNode(content: .scalar(text, quoted: quoted), mark: event.start)
        case .sequenceStart(let properties):
            check(properties, at: event.start, path)
            return YAMLNode(content: .sequence(try sequence(path)), mark: event.start)
        case .mappingStart(let properties):
            check(properties, at: event.start, path)
            return YAMLNode(content: .mapping(try mapping(path)), mark: event.start)
        case .alias(let name):
            problems.append(problem(event.start, path.dotted, "the alias *\(name)", Self.writtenOut))
            return YAMLNode(content: .refused, mark: event.start)
        case .streamStart, .streamEnd, .documentStart, .documentEnd, .sequenceEnd, .mappingEnd:
            fatalError("libyaml produced \(event.kind) where a value begins")
        }
    }

    private mutating func sequence(_ path: [String]) throws(Failure) -> [YAMLNode] {
        var nodes: [YAMLNode] = []
        while true {
            let event = try next()
            if case .sequenceEnd = event.kind { return nodes }
            nodes.append(try node(event, path: path + ["[\(nodes.count)]"]))
        }
    }

    private mutating func mapping(_ path: [String]) throws(Failure) -> [YAMLEntry] {
        var entries: [YAMLEntry] = []
        var firsts: [String: YAMLMark] = [:]
        while true {
            let event = try next()
            if case .mappingEnd = event.kind { return entries }
            let known = problems.count
            let keyNode = try node(event, path: path + ["?"])
            guard case .scalar(let key, let quoted) = keyNode.content, problems.count == known else {
                // An anchor, an alias or a tag on a key has been reported with the key's place.
                if problems.count == known {
                    problems.append(
                        problem(event.start, path.dotted, "\(keyNode.found) as a key", "a word before the colon"))
                }
                _ = try node(try next(), path: path + ["?"])
                continue
            }
            let value = try node(try next(), path: path + [key])
            if key == "<<" && !quoted {
                problems.append(problem(event.start, path.dotted, "the merge key <<", Self.writtenOut))
            } else if let first = firsts[key] {
                problems.append(
                    problem(
                        event.start, (path + [key]).dotted,
                        "a second \(key.shown) (the first is on line \(first.line), column \(first.column))",
                        "each key once"))
            } else {
                firsts[key] = event.start
                entries.append(YAMLEntry(key: key, mark: event.start, value: value))
            }
        }
    }
}

extension YAMLTree {
    private static let writtenOut = "values written out where they are needed, without anchors and aliases"

    private mutating func check(_ properties: YAMLEvent.Properties, at mark: YAMLMark, _ path: [String]) {
        if let anchor = properties.anchor {
            problems.append(problem(mark, path.dotted, "the anchor &\(anchor)", Self.writtenOut))
        }
        if let tag = properties.tag {
            let standard = "tag:yaml.org,2002:"
            let short = tag.hasPrefix(standard) ? "!!" + tag.dropFirst(standard.count) : tag
            problems.append(problem(mark, path.dotted, "the tag \(short)", "the value without a tag"))
        }
    }

    private func next() throws(Failure) -> YAMLEvent {
        do { return try stream.next() } catch { throw .syntax(error) }
    }

    private func problem(_ mark: YAMLMark, _ key: String, _ found: String, _ allowed: String) -> ManifestProblem {
        ManifestProblem(
            file: source.file, line: mark.line, column: mark.column, key: key, found: found, allowed: allowed)
    }
}

extension [String] {
    /// `training.optimizer`, `datasetRoots[2]`; long or odd keys shortened.
    var dotted: String {
        var text = ""
        for part in self {
            let isIndex = part.hasPrefix("[")
            let clean = part.unicodeScalars.allSatisfy {
                $0.properties.isAlphabetic || "0123456789_-[]<>?".unicodeScalars.contains($0)
            }
            text += (text.isEmpty || isIndex ? "" : ".") + (clean && part.utf8.count <= 40 ? part : part.shown)
        }
        return text
    }
}
