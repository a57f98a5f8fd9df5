/// A 64-bit hash of bytes, for finding equal images and for noticing damage; not for secrets.
///
/// Four lanes of 8 bytes, each `rotate((lane ^ word) * odd)`: a bijection of the lane for a given word, so that one
/// changed word always changes the result. Equal hashes are taken for equal pixels only after comparing them.
enum PixelHash {
    private static let factor: UInt64 = 0x9E37_79B9_7F4A_7C15
    private static let finalFactor: UInt64 = 0xD6E8_FEB8_6659_FD93

    static func of(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var (a, b, c, d) = (factor, 2 &* factor, 3 &* factor, 4 &* factor)
        let blocks = bytes.count / 32
        if let start = bytes.baseAddress {
            for i in 0..<blocks {
                let block = start + i * 32
                a = mix(a, UInt64(littleEndian: block.loadUnaligned(as: UInt64.self)))
                b = mix(b, UInt64(littleEndian: block.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
                c = mix(c, UInt64(littleEndian: block.loadUnaligned(fromByteOffset: 16, as: UInt64.self)))
                d = mix(d, UInt64(littleEndian: block.loadUnaligned(fromByteOffset: 24, as: UInt64.self)))
            }
        }
        var result = UInt64(bytes.count) &* factor
        result = mix(mix(mix(mix(result, a), b), c), d)
        for i in blocks * 32..<bytes.count { result = mix(result, UInt64(bytes[i])) }
        result = (result ^ (result >> 32)) &* finalFactor
        return result ^ (result >> 29)
    }

    @inline(__always)
    private static func mix(_ lane: UInt64, _ word: UInt64) -> UInt64 {
        let product = (lane ^ word) &* factor
        return product << 29 | product >> 35
    }
}
