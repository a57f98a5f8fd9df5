/// A place in a file; line and column count from 1, columns in Unicode scalars.
struct YAMLMark: Sendable, Equatable {
    var line: Int
    var column: Int

    /// The file as a whole.
    static let wholeFile = YAMLMark(line: 0, column: 0)
}

/// A value of a YAML file with its position. Scalars stay text: what type they must be is the field's to say.
struct YAMLNode: Sendable {
    enum Content: Sendable {
        /// `quoted`: written in quotes or as a block (`|`, `>`), and so surely meant as text.
        case scalar(String, quoted: Bool)
        case mapping([YAMLEntry])
        case sequence([YAMLNode])
        /// An alias or the like: reported already, and not to be looked at further.
        case refused
    }

    var content: Content
    var mark: YAMLMark
}

/// A key with its value; `mark` is the key's.
struct YAMLEntry: Sendable {
    var key: String
    var mark: YAMLMark
    var value: YAMLNode
}

/// The one document of a file. `root` is nil where the file says nothing.
struct YAMLDocument: Sendable {
    var root: YAMLNode?
    /// What is wrong with the file as YAML but leaves the rest readable: duplicate keys, anchors, tags.
    var problems: [ManifestProblem]
}

extension YAMLNode {
    /// A plain scalar that YAML reads as null: `null`, `~` or nothing at all.
    var isNull: Bool {
        guard case .scalar(let text, quoted: false) = content else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }

    /// What stands here, for messages.
    var found: String {
        switch content {
        case .scalar(let text, _): isNull ? (text.isEmpty ? "nothing" : "\"\(text)\", which means nothing") : text.shown
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .refused: "a refused value"
        }
    }
}

extension String {
    /// In quotes, shortened, and with control characters spelled out, so that a message stays one readable line.
    var shown: String {
        var text = ""
        var length = 0
        for scalar in unicodeScalars {
            if length == 60 { return "\"\(text)...\"" }
            length += 1
            switch scalar {
            case "\n": text += "\\n"
            case "\t": text += "\\t"
            case "\r": text += "\\r"
            case _ where scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format:
                text += "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return "\"\(text)\""
    }
}
