/// Text that is safe to stand in a page: made only by escaping, or by putting safe pieces together.
///
/// Interpolating a plain string escapes it; interpolating another `Markup` does not:
/// `"<td>\(name)</td>" as Markup` cannot be broken by any `name`.
package struct Markup: ExpressibleByStringInterpolation, Sendable, Equatable {
    package var text: String

    package init(stringLiteral value: String) { text = value }
    package init(stringInterpolation: Interpolation) { text = stringInterpolation.text }

    /// Escapes for element content and for attributes in either kind of quotes. Control characters that no
    /// document may hold become U+FFFD, and so do those that turn the direction of letters about, with which
    /// `exe.jpg` can look like `gpj.exe`.
    package init(escaping plain: String) {
        var out = ""
        out.reserveCapacity(plain.utf8.count)
        for scalar in plain.unicodeScalars {
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "'": out += "&#39;"
            case "\t", "\n": out.unicodeScalars.append(scalar)
            case "\u{0}"..<" ", "\u{7F}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}", "\u{202D}", "\u{202E}":
                out += "\u{FFFD}"
            default: out.unicodeScalars.append(scalar)
            }
        }
        text = out
    }

    package struct Interpolation: StringInterpolationProtocol {
        var text = ""

        package init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity * 2) }
        package mutating func appendLiteral(_ literal: String) { text += literal }
        package mutating func appendInterpolation(_ markup: Markup) { text += markup.text }
        package mutating func appendInterpolation(_ pieces: [Markup]) { for piece in pieces { text += piece.text } }
        package mutating func appendInterpolation(_ plain: String) { text += Markup(escaping: plain).text }
        package mutating func appendInterpolation(_ number: Int) { text += String(number) }
    }

    package static func + (left: Markup, right: Markup) -> Markup { Markup(trusted: left.text + right.text) }
    package static func += (left: inout Markup, right: Markup) { left.text += right.text }

    /// `text` is markup already: a constant of the program.
    package init(trusted text: String) { self.text = text }
}
