/// Records of a table in comma-separated values. (RFC 4180, with line ends of any system and other separators)
package struct CSVReader {
    package struct Record: Equatable {
        /// Where it begins, from 1; a quoted field may go on over several lines.
        package var line: Int
        package var fields: [String]
    }

    package enum Failure: Error, Equatable {
        case openQuote(line: Int)
        case afterQuote(line: Int)
        case quoteInside(line: Int)
        case notUTF8(line: Int)
        case zero(line: Int)
    }

    let separator: UInt8
    private let bytes: ArraySlice<UInt8>
    private var position: Int
    private var line = 1

    /// - Parameter bytes: UTF-8, with or without a byte order mark.
    package init(_ bytes: [UInt8]) {
        self.bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        position = self.bytes.startIndex
        // Spreadsheets write semicolons where the comma is the decimal sign, and some programs tabs.
        let first = self.bytes.prefix { $0 != 10 && $0 != 13 }
        separator = [UInt8(ascii: ","), UInt8(ascii: ";"), 9].first { first.contains($0) } ?? UInt8(ascii: ",")
    }

    /// The next record that is not an empty line; `nil` at the end.
    package mutating func next() throws(Failure) -> Record? {
        while position < bytes.endIndex {
            let start = line
            var fields: [String] = []
            repeat { fields.append(try field()) } while take(separator)
            let record = Record(line: start, fields: fields)
            endLine()
            if fields.count > 1 || !fields[0].isEmpty { return record }
        }
        return nil
    }

    private mutating func field() throws(Failure) -> String {
        if take(UInt8(ascii: "\"")) { return try quotedField() }
        let start = position
        while position < bytes.endIndex, bytes[position] != separator, !isLineEnd(bytes[position]) {
            if bytes[position] == UInt8(ascii: "\"") { throw .quoteInside(line: line) }
            position += 1
        }
        return try text(Array(bytes[start..<position]), line)
    }

    private mutating func quotedField() throws(Failure) -> String {
        let start = line
        var content: [UInt8] = []
        while position < bytes.endIndex {
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "\"") {
                // A doubled quote stands for itself.
                guard take(UInt8(ascii: "\"")) else {
                    guard position == bytes.endIndex || bytes[position] == separator || isLineEnd(bytes[position])
                    else { throw .afterQuote(line: line) }
                    return try text(content, start)
                }
            } else if byte == 10 || byte == 13 && !(position < bytes.endIndex && bytes[position] == 10) {
                line += 1
            }
            content.append(byte)
        }
        throw .openQuote(line: start)
    }

    private func text(_ content: [UInt8], _ line: Int) throws(Failure) -> String {
        guard let text = String(validating: content, as: UTF8.self) else { throw .notUTF8(line: line) }
        if content.contains(0) { throw .zero(line: line) }
        return text
    }

    private func isLineEnd(_ byte: UInt8) -> Bool { byte == 10 || byte == 13 }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.endIndex, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func endLine() {
        guard position < bytes.endIndex else { return }
        if !(take(13) && take(10)) { _ = take(10) }
        line += 1
    }
}

extension CSVReader.Failure {
    var line: Int {
        switch self {
        case .openQuote(let line), .afterQuote(let line), .quoteInside(let line), .notUTF8(let line), .zero(let line):
            line
        }
    }

    var what: String {
        switch self {
        case .openQuote: "a quoted field that begins here does not end"
        case .afterQuote: "a quoted field is followed by something other than a separator"
        case .quoteInside: "a quote stands inside a field that does not begin with one"
        case .notUTF8: "the text is not in UTF-8"
        case .zero: "the text has a zero byte in it, as text in UTF-16 has"
        }
    }

    var fix: String {
        switch self {
        case .openQuote, .afterQuote, .quoteInside:
            "put the whole field in quotes, and write a quote inside it twice: \"the \"\"new\"\" one.jpg\""
        case .notUTF8, .zero: "save the table again as CSV in UTF-8"
        }
    }
}
