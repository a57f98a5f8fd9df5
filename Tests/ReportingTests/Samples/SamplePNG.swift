/// PNG files of coloured shapes, without compression: pictures for sample reports.
enum SamplePNG {
    /// A disc on a gradient, `side` x `side` pixels, RGB.
    static func bytes(side: Int, seed: UInt64) -> [UInt8] {
        var random = SampleRandom(state: seed)
        let colors = (0..<6).map { _ in Double.random(in: 30..<226, using: &random) }
        let (x0, y0) = (Double.random(in: 0.3..<0.7, using: &random), Double.random(in: 0.3..<0.7, using: &random))
        var rows: [UInt8] = []
        for y in 0..<side {
            rows.append(0)
            for x in 0..<side {
                let (dx, dy) = (Double(x) / Double(side) - x0, Double(y) / Double(side) - y0)
                let isInside = dx * dx + dy * dy < 0.06
                let light = 1 - 0.4 * Double(y) / Double(side)
                for channel in 0..<3 { rows.append(UInt8((isInside ? colors[channel] : colors[channel + 3]) * light)) }
            }
        }
        let size = UInt32(side)
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
            + chunk("IHDR", word(size) + word(size) + [8, 2, 0, 0, 0])
            + chunk("IDAT", stored(rows)) + chunk("IEND", [])
    }

    /// A zlib stream (RFC 1950) of stored blocks.
    private static func stored(_ bytes: [UInt8]) -> [UInt8] {
        var out: [UInt8] = [0x78, 0x01]
        for start in stride(from: 0, to: bytes.count, by: 65_535) {
            let block = bytes[start..<min(start + 65_535, bytes.count)]
            let length = UInt16(block.count)
            out.append(start + block.count == bytes.count ? 1 : 0)
            for half in [length, ~length] { out += [UInt8(half & 255), UInt8(half >> 8)] }
            out += block
        }
        var (a, b) = (UInt32(1), UInt32(0))
        for byte in bytes {
            a = (a + UInt32(byte)) % 65_521
            b = (b + a) % 65_521
        }
        return out + word(b << 16 | a)
    }

    private static func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
        let body = Array(name.utf8) + content
        var crc = ~UInt32(0)
        for byte in body {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
        return word(UInt32(content.count)) + body + word(~crc)
    }

    private static func word(_ value: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }
}
