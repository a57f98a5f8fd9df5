/// The text of a file, known to be UTF-8 without characters that YAML forbids.
struct YAMLSource: Sendable {
    let file: String
    /// Without a byte order mark.
    let bytes: [UInt8]

    /// Refuses what is no text: too large, another encoding, control characters. One pass over the bytes.
    init(_ content: [UInt8], file: String, limit: Int) throws(ManifestProblems) {
        func refusal(
            at place: YAMLMark = .wholeFile, _ found: String, _ allowed: String
        ) -> ManifestProblems {
            ManifestProblems([
                ManifestProblem(
                    file: file, line: place.line, column: place.column, key: "", found: found, allowed: allowed)
            ])
        }
        guard content.count <= limit else {
            throw refusal("more than \(limit.grouped) bytes", "at most \(limit.grouped) bytes (limits.manifestBytes)")
        }
        let utf8 = "UTF-8 text; save the file again with the encoding UTF-8"
        if content.starts(with: [0xFF, 0xFE]) || content.starts(with: [0xFE, 0xFF]) {
            throw refusal("text in UTF-16 (by its byte order mark)", utf8)
        }
        if content.starts(with: [0x00, 0x00, 0xFE, 0xFF]) {
            throw refusal("text in UTF-32 (by its byte order mark)", utf8)
        }
        let text = content.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(content[3...]) : content
        if let offset = Self.invalidUTF8(in: text) {
            let byte = String(text[offset], radix: 16, uppercase: true)
            let place = Self.position(of: offset, in: text)
            throw refusal(at: place, "the byte 0x\(byte), which is not UTF-8 (offset \(offset.grouped))", utf8)
        }
        if let (offset, scalar) = Self.forbiddenScalar(in: text) {
            let place = Self.position(of: offset, in: text)
            let hex = String(scalar, radix: 16, uppercase: true)
            let code = "U+" + String(repeating: "0", count: max(0, 4 - hex.count)) + hex
            if scalar == 0 { throw refusal(at: place, "a NUL byte (offset \(offset.grouped))", utf8) }
            throw refusal(at: place, "the control character \(code)", "text without control characters")
        }
        self.file = file
        bytes = text
    }

    /// The file's lines without their breaks, as libyaml counts them.
    func lines() -> [String] {
        var lines: [String] = []
        var start = 0
        var index = 0
        while index < bytes.count {
            let length = Self.lineBreak(at: index, in: bytes)
            if length > 0 {
                lines.append(String(decoding: bytes[start..<index], as: UTF8.self))
                start = index + length
            }
            index += max(1, length)
        }
        lines.append(String(decoding: bytes[start...], as: UTF8.self))
        return lines
    }
}

extension YAMLSource {
    /// Offset of the first byte that begins no well-formed sequence.
    private static func invalidUTF8(in text: [UInt8]) -> Int? {
        do {
            _ = try UTF8Span(validating: text.span)
            return nil
        } catch {
            return error.byteOffsets.lowerBound
        }
    }

    /// The first scalar outside YAML 1.2's `c-printable` (section 5.1), with its offset.
    private static func forbiddenScalar(in text: [UInt8]) -> (offset: Int, scalar: UInt32)? {
        for index in text.indices {
            let byte = text[index]
            switch byte {
            case 0x20..<0x7F, 0x09, 0x0A, 0x0D, 0x80..<0xC2, 0xC3..<0xEF, 0xF0...0xFF: continue
            case 0xC2:
                // C1 controls but for NEL.
                let next = text[index + 1]
                if next < 0xA0 && next != 0x85 { return (index, UInt32(next)) }
            case 0xEF:
                let scalar = UInt32(0xF) << 12 | UInt32(text[index + 1] & 0x3F) << 6 | UInt32(text[index + 2] & 0x3F)
                if [0xFEFF, 0xFFFE, 0xFFFF].contains(scalar) { return (index, scalar) }
            default: return (index, UInt32(byte))
            }
        }
        return nil
    }

    private static func position(of offset: Int, in text: [UInt8]) -> YAMLMark {
        var mark = YAMLMark(line: 1, column: 1)
        var index = 0
        while index < offset {
            let length = lineBreak(at: index, in: text)
            if length > 0 {
                mark = YAMLMark(line: mark.line + 1, column: 1)
            } else if text[index] & 0xC0 != 0x80 {
                mark.column += 1
            }
            index += max(1, length)
        }
        return mark
    }

    /// Bytes of the line break that begins at `index`, as libyaml sees it; 0: none.
    private static func lineBreak(at index: Int, in text: [UInt8]) -> Int {
        func byte(_ ahead: Int) -> UInt8 { index + ahead < text.count ? text[index + ahead] : 0 }
        switch text[index] {
        case 0x0A: return 1
        case 0x0D: return byte(1) == 0x0A ? 2 : 1
        case 0xC2 where byte(1) == 0x85: return 2
        case 0xE2 where byte(1) == 0x80 && (byte(2) == 0xA8 || byte(2) == 0xA9): return 3
        default: return 0
        }
    }
}

extension Int {
    /// With a comma every three digits.
    var grouped: String {
        var text = ""
        for (index, digit) in String(magnitude).reversed().enumerated() {
            if index > 0 && index % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return (self < 0 ? "-" : "") + String(text.reversed())
    }
}
