/// Says in plain language what libyaml says in the language of the YAML specification.
enum YAMLSyntaxHint {
    /// Where to look, what stands there, what should.
    private struct Hint {
        var mark: YAMLMark
        var found: String
        var allowed: String
        var suggestion: String?
    }

    private struct Lines {
        var text: [String]

        /// Counted from 1; empty where there is no such line.
        func at(_ number: Int) -> String { text.indices.contains(number - 1) ? text[number - 1] : "" }
    }

    static func problem(for error: YAMLSyntaxError, in source: YAMLSource) -> ManifestProblem {
        let hint = hint(for: error, in: Lines(text: source.lines()))
        return ManifestProblem(
            file: source.file, line: hint.mark.line, column: hint.mark.column, key: "", found: hint.found,
            allowed: hint.allowed, suggestion: hint.suggestion)
    }

    private static func hint(for error: YAMLSyntaxError, in lines: Lines) -> Hint {
        if let hint = tab(error, in: lines) { return hint }
        switch error.problem {
        case "found unexpected end of stream":
            return Hint(
                mark: error.contextMark, found: "a quote that is never closed", allowed: "the same quote at both ends")
        case "did not find expected ',' or ']'":
            return open(error, in: lines, bracket: "[", closing: "]")
        case "did not find expected ',' or '}'":
            return open(error, in: lines, bracket: "{", closing: "}")
        case "could not find expected ':'":
            return noColon(error, in: lines)
        case "mapping values are not allowed in this context":
            return unexpectedColon(error, in: lines)
        case "found unknown escape character", "did not find expected hexdecimal number":
            return Hint(
                mark: error.mark, found: "a backslash that begins no escape",
                allowed: "single quotes around text with backslashes, or \\\\ in double quotes")
        case "did not find expected alphabetic or numeric character":
            return Hint(
                mark: error.contextMark,
                found: "\(character(at: error.contextMark, in: lines)) at the start of a value",
                allowed: "quotes around text that begins with this sign")
        case "found character that cannot start any token":
            return Hint(
                mark: error.mark, found: "\(character(at: error.mark, in: lines)) at the start of a value",
                allowed: "quotes around text that begins with this sign")
        case "did not find expected comment or line break", "mapping keys are not allowed in this context":
            let mark = error.context == nil ? error.mark : error.contextMark
            return Hint(
                mark: mark, found: "\(character(at: mark, in: lines)) at the start of a value",
                allowed: "quotes around text that begins with this sign")
        case "found unexpected ':'":
            return Hint(
                mark: error.mark, found: "a colon inside a value",
                allowed: "quotes around a value that contains a colon")
        case "did not find expected node content":
            return Hint(
                mark: error.mark, found: "\(character(at: error.mark, in: lines)) where a value should begin",
                allowed: "a value, in quotes if it begins with this sign")
        case "did not find expected key", "did not find expected '-' indicator",
            "block sequence entries are not allowed in this context", "did not find expected <document start>":
            return unexpected(error, in: lines)
        case "found undefined tag handle", "did not find expected whitespace or line break":
            return Hint(mark: error.mark, found: "a tag (!)", allowed: "the value without a tag, or text in quotes")
        default:
            let context = error.context.map { " (\($0))" } ?? ""
            return Hint(
                mark: error.mark, found: "what YAML does not allow here: \(error.problem)\(context)",
                allowed: "lines of the form \"key: value\"")
        }
    }
}

extension YAMLSyntaxHint {
    /// libyaml has several words for a tab where only spaces may stand; the line tells.
    private static func tab(_ error: YAMLSyntaxError, in lines: Lines) -> Hint? {
        for number in [error.mark.line, error.contextMark.line] {
            let indentation = lines.at(number).unicodeScalars.prefix { $0 == " " || $0 == "\t" }
            if let tab = indentation.firstIndex(of: "\t") {
                let column = indentation.distance(from: indentation.startIndex, to: tab) + 1
                return Hint(
                    mark: YAMLMark(line: number, column: column), found: "a tab in the indentation",
                    allowed: "spaces only (two a level)")
            }
        }
        return nil
    }

    private static func open(_ error: YAMLSyntaxError, in lines: Lines, bracket: String, closing: String) -> Hint {
        let place = "the \"\(bracket)\" of line \(error.contextMark.line), column \(error.contextMark.column)"
        if error.mark.line > error.contextMark.line {
            return Hint(
                mark: error.contextMark, found: "a \"\(bracket)\" that is not closed, or a comma missing after it",
                allowed: "commas between the values and a \"\(closing)\" at the end")
        }
        return Hint(
            mark: error.mark, found: "\(character(at: error.mark, in: lines)) where a comma is missing in \(place)",
            allowed: "commas between the values and a \"\(closing)\" at the end")
    }

    /// `seed:1` or `seed 1` followed by further lines.
    private static func noColon(_ error: YAMLSyntaxError, in lines: Lines) -> Hint {
        missingSpace(line: error.contextMark.line, in: lines)
            ?? Hint(
                mark: error.contextMark, found: "a line without \"key: \"",
                allowed: "a colon and a space between key and value")
    }

    /// Either the line has two colons, or the one above was no `key: value`, or this one is indented too deep.
    private static func unexpectedColon(_ error: YAMLSyntaxError, in lines: Lines) -> Hint {
        let line = lines.at(error.mark.line)
        let before = String(String.UnicodeScalarView(line.unicodeScalars.prefix(error.mark.column - 1)))
        if before.contains(": ") {
            return Hint(
                mark: error.mark, found: "a second colon in a value",
                allowed: "one \"key: value\" a line, and quotes around a value that contains \": \"")
        }
        var above = error.mark.line - 1
        while above > 0, lines.at(above).isBlankOrComment { above -= 1 }
        if let hint = missingSpace(line: above, in: lines) { return hint }
        let previous = lines.at(above)
        if !previous.contains(":") && !previous.isEmpty {
            return Hint(
                mark: YAMLMark(line: above, column: previous.indentation + 1), found: "a line without \"key: \"",
                allowed: "a colon and a space between key and value")
        }
        return Hint(
            mark: YAMLMark(line: error.mark.line, column: line.indentation + 1),
            found: "a line indented deeper than line \(above), which has a value already",
            allowed: "the same indentation for keys of one level")
    }

    private static func unexpected(_ error: YAMLSyntaxError, in lines: Lines) -> Hint {
        let line = lines.at(error.mark.line)
        if error.mark.column == line.indentation + 1 {
            return Hint(
                mark: error.mark, found: "a line whose indentation fits no line above it",
                allowed: "the same indentation for keys of one level")
        }
        return Hint(
            mark: error.mark, found: "\(character(at: error.mark, in: lines)) after the end of a value",
            allowed: "one \"key: value\" a line, and quotes around the whole of a text")
    }

    private static func missingSpace(line number: Int, in lines: Lines) -> Hint? {
        let line = lines.at(number)
        guard let corrected = withSpaceAfterColon(line) else { return nil }
        return Hint(
            mark: YAMLMark(line: number, column: line.indentation + 1), found: "no space after the colon",
            allowed: "a colon and a space between key and value", suggestion: corrected)
    }

    private static func character(at mark: YAMLMark, in lines: Lines) -> String {
        let scalars = lines.at(mark.line).unicodeScalars.dropFirst(mark.column - 1)
        return scalars.first.map { String(Character($0)).shown } ?? "the end of the line"
    }

    /// `seed: 1` for `  seed:1`; nil where the line does not look like that.
    static func withSpaceAfterColon(_ line: String) -> String? {
        let text = line.drop { $0 == " " }
        guard text.utf8.count <= 120, !text.contains(": "), let colon = text.firstIndex(of: ":") else { return nil }
        let key = text[..<colon]
        let value = text[text.index(after: colon)...]
        let isWord = key.utf8.allSatisfy {
            $0.isASCIILetterOrDigit || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
        }
        guard isWord, !key.isEmpty, !value.isEmpty, !value.hasPrefix("//") else { return nil }
        return "\(key): \(value)"
    }
}

extension String {
    fileprivate var indentation: Int { unicodeScalars.prefix { $0 == " " }.count }

    fileprivate var isBlankOrComment: Bool {
        let text = drop { $0 == " " || $0 == "\t" }
        return text.isEmpty || text.hasPrefix("#")
    }
}

extension UInt8 {
    var isASCIILetterOrDigit: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
