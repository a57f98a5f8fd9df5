/// The one field of EXIF that changes how pixels are read. (EXIF 2.32, 4.5 and 4.6.4; TIFF 6.0, section 2)
enum Exif {
    private static let orientationTag = 0x0112
    private static let shortType = 3

    /// - Parameter bytes: a TIFF structure: what follows `Exif\0\0` in a JPEG marker, or the content of eXIf in a PNG.
    /// - Returns: 1...8; 1 where there is none, or none that is valid: broken metadata does not make a broken image.
    static func orientation(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard let tiff = Tiff(bytes), let directory = tiff.long(4), let entries = tiff.short(directory) else {
            return 1
        }
        for entry in 0..<entries {
            let at = directory + 2 + 12 * entry
            guard let tag = tiff.short(at) else { return 1 }
            guard tag == orientationTag else { continue }
            guard tiff.short(at + 2) == shortType, tiff.long(at + 4) == 1, let value = tiff.short(at + 8) else {
                return 1
            }
            return (1...8).contains(value) ? value : 1
        }
        return 1
    }

    /// Numbers of a TIFF structure in its byte order; `nil` where they would lie beyond its end.
    private struct Tiff {
        let bytes: UnsafeRawBufferPointer
        let bigEndian: Bool

        init?(_ bytes: UnsafeRawBufferPointer) {
            guard bytes.count >= 8 else { return nil }
            self.bytes = bytes
            switch (bytes[0], bytes[1]) {
            case (0x49, 0x49): bigEndian = false
            case (0x4D, 0x4D): bigEndian = true
            default: return nil
            }
            guard short(2) == 42 else { return nil }
        }

        func short(_ at: Int) -> Int? {
            guard at >= 0, at <= bytes.count - 2 else { return nil }
            let (a, b) = (Int(bytes[at]), Int(bytes[at + 1]))
            return bigEndian ? a << 8 | b : b << 8 | a
        }

        func long(_ at: Int) -> Int? {
            guard let a = short(at), let b = short(at + 2) else { return nil }
            return bigEndian ? a << 16 | b : b << 16 | a
        }
    }
}
