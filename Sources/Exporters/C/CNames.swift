/// Text from a user as C takes it.
enum CNames {
    /// `name` as the beginning of identifiers: letters, digits and underscores.
    static func identifier(_ name: String) -> String {
        var out = ""
        for byte in name.lowercased().utf8 {
            let isPlain = (97...122).contains(byte) || (48...57).contains(byte)
            if isPlain { out.unicodeScalars.append(Unicode.Scalar(byte)) } else if out.last != "_" { out += "_" }
        }
        while out.hasPrefix("_") { out.removeFirst() }
        while out.hasSuffix("_") { out.removeLast() }
        out = String(out.prefix(40))
        guard let first = out.first else { return "student" }
        return first.isNumber ? "student_\(out)" : out
    }

    /// A string literal.
    static func literal(_ text: String) -> String {
        var out = "\""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "?"): out += "\\" + octal(byte)
            case 32...126: out.unicodeScalars.append(Unicode.Scalar(byte))
            default: out += "\\" + octal(byte)
            }
        }
        return out + "\""
    }

    /// For a comment, which nothing in it can end.
    static func comment(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map {
                    (32...126).contains($0.value) && !"*/\\?".unicodeScalars.contains($0) ? $0 : "_"
                }
            ))
    }

    /// Three digits: a digit behind them is one of its own.
    private static func octal(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 8)
        return String(repeating: "0", count: 3 - digits.count) + digits
    }
}
