import Foundation

/// What the name of a file says about it. Paths are relative, with `/` between components.
enum FileNames {
    /// Left behind by desktops and version control; not part of anyone's dataset. Dot files are ignored as well.
    private static let litter: Set<String> = ["__MACOSX", "Thumbs.db", "thumbs.db", "ehthumbs.db", "desktop.ini"]

    /// Extensions of image files: a file so named that cannot be decoded counts as broken.
    private static let imageExtensions: Set<String> = [
        "png", "jpg", "jpeg", "jpe", "jfif", "gif", "bmp", "webp", "tif", "tiff", "avif", "heic",
    ]

    static func isIgnored(component: some StringProtocol) -> Bool {
        component.utf8.first == UInt8(ascii: ".") || litter.contains(String(component))
    }

    /// Whether the file or a folder it is in is ignored.
    static func isIgnored(path: String) -> Bool {
        var path = path
        return path.withUTF8 { bytes in
            var start = 0
            while start < bytes.count {
                let end = bytes[start...].firstIndex(of: UInt8(ascii: "/")) ?? bytes.count
                // Every ignored name begins with one of these.
                switch bytes[start] {
                case UInt8(ascii: "."): return true
                case UInt8(ascii: "_"), UInt8(ascii: "T"), UInt8(ascii: "t"), UInt8(ascii: "e"), UInt8(ascii: "d"):
                    if litter.contains(where: { $0.utf8.elementsEqual(bytes[start..<end]) }) { return true }
                default: break
                }
                start = end + 1
            }
            return false
        }
    }

    static func looksLikeImage(path: String) -> Bool {
        let name = path.utf8.suffix(6)
        guard let dot = name.lastIndex(of: UInt8(ascii: ".")) else { return false }
        return imageExtensions.contains(String(decoding: name[name.index(after: dot)...], as: UTF8.self).lowercased())
    }

    /// Whether this is a table of labels, in any folder: `labels.csv`, or JSON of a name that such files have.
    static func isLabels(path: String) -> Bool {
        let ending = path.utf8.suffix(5)
        guard let last = ending.last, [UInt8(ascii: "v"), UInt8(ascii: "n")].contains(last | 0x20) else { return false }
        let name = (path.split(separator: "/").last ?? "").lowercased()
        return name == "labels.csv" || LabelTable.isJSONLabels(name: name)
    }

    /// A name in UTF-8; where it is not (old archives, old disks), its bytes read as Latin-1, so that different
    /// names stay different.
    static func text(_ bytes: some Collection<UInt8>) -> (text: String, valid: Bool) {
        if let text = String(validating: bytes, as: UTF8.self) { return (text, true) }
        return (String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) })), false)
    }
}

extension String {
    /// Order by UTF-8 bytes, the same everywhere, whatever the locale and the version of Unicode.
    func precedes(_ other: String) -> Bool { bytesCompared(to: other) < 0 }

    /// Below, at or above 0, as the bytes of this text come before, are, or come after the other's.
    func bytesCompared(to other: String) -> Int {
        var (first, second) = (self, other)
        return first.withUTF8 { a in
            second.withUTF8 { b in
                let order = a.isEmpty || b.isEmpty ? 0 : memcmp(a.baseAddress!, b.baseAddress!, min(a.count, b.count))
                return order != 0 ? Int(order) : a.count - b.count
            }
        }
    }

    /// Unlike `==`, which takes different spellings of an accent in Unicode for the same.
    func hasSameBytes(_ other: String) -> Bool { bytesCompared(to: other) == 0 }
}
