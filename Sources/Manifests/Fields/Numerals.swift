/// Numbers as a manifest writes them: decimal, `1e-3` included. What YAML 1.1 would read otherwise than it looks
/// (octal, hexadecimal, underscores, `.inf`) is refused with the reason.
enum Numerals {
    /// A number with its exact spelling taken apart.
    struct Numeral {
        /// With sign and digits, without fraction and exponent; nil where the value is no whole number.
        var whole: String?
        var value: Double
    }

    /// - Parameter isAllowed: keeps a value that would be refused in its turn from being suggested.
    static func read(_ node: YAMLNode, isAllowed: (Numeral) -> Bool) throws(Mismatch) -> Numeral {
        guard case .scalar(let text, let quoted) = node.content, !node.isNull else { throw Mismatch(node.found) }
        guard let numeral = parse(text) else {
            var refusal = refusal(of: text)
            refusal.suggestion = refusal.suggestion.flatMap { parse($0).map(isAllowed) == true ? $0 : nil }
            throw refusal
        }
        guard !quoted else {
            throw Mismatch("\(text.shown) in quotes, which make it text")
        }
        return numeral
    }

    /// `[+-]? (digits (. digits?)? | . digits) ([eE] [+-]? digits)?`, without needless leading zeros.
    static func parse(_ text: String) -> Numeral? {
        var rest = Array(text.utf8)[...]
        func digits() -> ArraySlice<UInt8> {
            let run = rest.prefix { isDigit($0) }
            rest = rest.dropFirst(run.count)
            return run
        }
        func take(_ characters: String) -> Bool {
            guard let first = rest.first, characters.utf8.contains(first) else { return false }
            rest = rest.dropFirst()
            return true
        }
        guard text.utf8.count <= 64 else { return nil }
        let isNegative = rest.first == UInt8(ascii: "-")
        _ = take("+-")
        let whole = digits()
        let hasPoint = take(".")
        let fraction = hasPoint ? digits() : []
        guard !whole.isEmpty || !fraction.isEmpty else { return nil }
        guard whole.count == 1 || whole.first != UInt8(ascii: "0") else { return nil }
        let hasExponent = take("eE")
        if hasExponent {
            _ = take("+-")
            guard !digits().isEmpty else { return nil }
        }
        guard rest.isEmpty, let value = Double(withDigits(text)) else { return nil }
        let isWhole = !hasPoint && !hasExponent
        return Numeral(
            whole: isWhole ? (isNegative ? "-" : "") + String(decoding: whole, as: UTF8.self) : nil, value: value)
    }

    /// Swift reads neither `.5` nor `5.`.
    private static func withDigits(_ text: String) -> String {
        var result = ""
        var previous: Character?
        for character in text {
            if character == ".", previous.map({ !$0.isNumber }) ?? true { result.append("0") }
            if previous == ".", !character.isNumber { result.append("0") }
            result.append(character)
            previous = character
        }
        return previous == "." ? result + "0" : result
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    /// Says why something that is meant as a number is none, with the number that is meant if that is sure.
    private static func refusal(of text: String) -> Mismatch {
        let digits = text.drop { "+-".contains($0) }
        let lower = digits.lowercased()
        if [".inf", "inf", "infinity", ".nan", "nan"].contains(lower) {
            return Mismatch("\(text.shown), which is no finite number")
        }
        if lower.hasPrefix("0x") || lower.hasPrefix("0o") || lower.hasPrefix("0b") {
            let radix = lower.hasPrefix("0x") ? 16 : lower.hasPrefix("0o") ? 8 : 2
            let value = Int(lower.dropFirst(2), radix: radix)
            return Mismatch("\(text.shown), which is not decimal", suggestion: value.map { String($0) })
        }
        if digits.count > 1, digits.first == "0", digits.utf8.allSatisfy(isDigit) {
            return Mismatch("\(text.shown), which some read as octal because of its leading zero")
        }
        let hasThousands = digits.split(separator: ",", omittingEmptySubsequences: false).dropFirst().allSatisfy {
            $0.utf8.count == 3
        }
        for separator in ["_", "'", " "] + (hasThousands ? [","] : []) where text.contains(separator) {
            let joined = String(text.filter { String($0) != separator })
            if parse(joined) != nil { return Mismatch("\(text.shown), with a separator", suggestion: joined) }
        }
        let dotted = String(text.map { $0 == "," ? "." : $0 })
        if dotted != text, parse(dotted) != nil {
            return Mismatch("\(text.shown), with a decimal comma", suggestion: dotted)
        }
        return Mismatch(text.shown)
    }
}
