/// Text as a YAML scalar.
enum YAMLText {
    /// Plain where every YAML reader takes it for the same text, otherwise in double quotes.
    static func scalar(_ text: String) -> String {
        isPlain(text) ? text : quoted(text)
    }

    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.utf8.first, first.isASCIILetterOrDigit || "/.".utf8.contains(first),
            text.utf8.allSatisfy({ $0.isASCIILetterOrDigit || "._/-".utf8.contains($0) })
        else { return false }
        // What YAML 1.1 or 1.2 would take for a truth value, null, a number or a date.
        let words = ["true", "false", "yes", "no", "on", "off", "y", "n", "null", ".inf", ".nan"]
        let isNumberLike = first != UInt8(ascii: "/") && text.utf8.allSatisfy { !$0.isLetterButExponent }
        return !words.contains(text.lowercased()) && !isNumberLike && !text.lowercased().hasPrefix("0x")
            && !text.lowercased().hasPrefix("0o")
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case _ where scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value) || isBreakOrMark(scalar):
                let hex = String(scalar.value, radix: 16, uppercase: true)
                result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// Line and paragraph separators, and what YAML does not let stand in a file.
    private static func isBreakOrMark(_ scalar: Unicode.Scalar) -> Bool {
        [0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF].contains(scalar.value)
    }
}

extension UInt8 {
    fileprivate var isLetterButExponent: Bool {
        isASCIILetterOrDigit && !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
            && self != UInt8(ascii: "e") && self != UInt8(ascii: "E")
    }
}
