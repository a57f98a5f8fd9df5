import Glibc

/// Values that name places in a network.
extension ValueKind where Value == String {
    /// An IPv4 or IPv6 address in its usual notation.
    static let ipAddress = ValueKind.text("an IP address, such as 127.0.0.1, ::1 or 0.0.0.0") {
        text throws(Mismatch) in
        if text == "localhost" { throw Mismatch("the name localhost", suggestion: "127.0.0.1") }
        var four = in_addr()
        var six = in6_addr()
        guard inet_pton(AF_INET, text, &four) == 1 || inet_pton(AF_INET6, text, &six) == 1 else {
            throw Mismatch(text.shown)
        }
    }

    /// A name as it stands in a request's Host header, without a port.
    static let hostName = ValueKind.text("a host's name, without a port") { text throws(Mismatch) in
        let isName = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        guard isName, (1...253).contains(text.utf8.count) else { throw Mismatch(text.shown) }
    }

    /// An address of HTTP. Signs that have a meaning to a shell or in a quoted text are to be percent-encoded.
    static let webAddress = ValueKind.text("an address that begins with https:// or http://") {
        text throws(Mismatch) in
        let rest = ["https://", "http://"].first(where: text.hasPrefix).map { text.dropFirst($0.count) }
        let isPlain = text.utf8.allSatisfy { byte in
            (0x21...0x7E).contains(byte) && !Array("\"\\<>^`{|}".utf8).contains(byte)
        }
        guard let rest, let first = rest.first, first != "/", isPlain, text.utf8.count <= 2000 else {
            throw Mismatch(text.shown)
        }
    }

    /// A secret of printable ASCII.
    static let token = ValueKind.text(
        "a text of \(PageConfig.shortestToken) to 256 letters, digits and signs without spaces"
    ) { text throws(Mismatch) in
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw Mismatch("a text with spaces or characters that are not ASCII")
        }
        guard (PageConfig.shortestToken...256).contains(text.utf8.count) else {
            throw Mismatch("a text of \(text.utf8.count) characters")
        }
    }
}
