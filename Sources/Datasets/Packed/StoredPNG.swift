/// A PNG file of pixels as they are, not compressed: what images that come without a file format are handed on as.
/// (PNG, ISO/IEC 15948; stored blocks of RFC 1951; checksums of RFC 1950 and ISO 3309)
enum StoredPNG {
    private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    private static let longestBlock = 65_535

    /// - Parameters:
    ///   - channels: 1 (gray) or 3 (R, G, B).
    ///   - pixel: the byte of column, row and channel.
    static func encode(
        width: Int, height: Int, channels: Int, pixel: (_ x: Int, _ y: Int, _ channel: Int) -> UInt8
    ) -> [UInt8] {
        var rows: [UInt8] = []
        rows.reserveCapacity((width * channels + 1) * height)
        for y in 0..<height {
            // No filter.
            rows.append(0)
            for x in 0..<width { for channel in 0..<channels { rows.append(pixel(x, y, channel)) } }
        }
        var stream: [UInt8] = [0x78, 0x01]
        for start in stride(from: 0, to: rows.count, by: longestBlock) {
            let block = rows[start..<min(start + longestBlock, rows.count)]
            stream.append(block.endIndex == rows.count ? 1 : 0)
            for size in [UInt16(block.count), ~UInt16(block.count)] {
                withUnsafeBytes(of: size.littleEndian) { stream.append(contentsOf: $0) }
            }
            stream += block
        }
        stream += bigEndian(adler(rows))
        let header = bigEndian(UInt32(width)) + bigEndian(UInt32(height)) + [8, channels == 1 ? 0 : 2, 0, 0, 0]
        var file = signature
        for (name, content) in [("IHDR", header), ("IDAT", stream), ("IEND", [])] {
            let body = Array(name.utf8) + content
            file += bigEndian(UInt32(content.count)) + body + bigEndian(crc(body))
        }
        return file
    }

    private static func bigEndian(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value.bigEndian) { Array($0) } }

    private static func adler(_ bytes: [UInt8]) -> UInt32 {
        var (a, b): (UInt32, UInt32) = (1, 0)
        for byte in bytes {
            a = (a + UInt32(byte)) % 65_521
            b = (b + a) % 65_521
        }
        return b << 16 | a
    }

    /// Of each byte, the remainder of the polynomial of ISO 3309, bits reversed.
    private static let crcTable: [UInt32] = (0..<256).map { index in
        var value = UInt32(index)
        for _ in 0..<8 {
            let shifted = value >> 1
            value = value & 1 == 1 ? 0xEDB8_8320 ^ shifted : shifted
        }
        return value
    }

    private static func crc(_ bytes: [UInt8]) -> UInt32 {
        crcTable.withUnsafeBufferPointer { table in
            var value = ~UInt32(0)
            for byte in bytes {
                let place = Int((value ^ UInt32(byte)) & 255)
                value = table[place] ^ (value >> 8)
            }
            return ~value
        }
    }
}
