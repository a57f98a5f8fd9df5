/// The archives that are read. Which one a file is, is told by its first bytes and not by its name.
enum ArchiveFormat: String, Sendable {
    case zip
    case tar
    case tarGzip = "tar.gz"
    case tarZstd = "tar.zst"

    /// Bytes of a file's beginning that `recognise` looks at.
    static let signatureBytes = 512

    /// - Parameter head: the first `signatureBytes` bytes of the file, or all of a shorter one.
    static func recognise(_ head: [UInt8], path: String) throws(DatasetError) -> ArchiveFormat {
        // A zip file without entries begins with the end of its directory.
        if head.starts(with: [0x50, 0x4B, 3, 4]) || head.starts(with: [0x50, 0x4B, 5, 6]) { return .zip }
        if head.starts(with: [0x1F, 0x8B]) { return .tarGzip }
        if head.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) { return .tarZstd }
        if isTarHeader(head) { return .tar }
        throw DatasetError(
            "archive.unknownFormat", "neither a folder nor an archive that can be read: it \(resemblance(head))",
            at: path, fix: "give a folder, or a .zip, .tar, .tar.gz or .tar.zst archive of one")
    }

    /// POSIX.1-1988 (ustar): the header's checksum is the sum of its bytes, with spaces in the checksum's own place.
    /// Formats before and after it have the same checksum.
    private static func isTarHeader(_ head: [UInt8]) -> Bool {
        guard head.count == 512, head[0] != 0 else { return false }
        var stated = 0
        for byte in head[148..<156] where (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(byte) {
            stated = stated * 8 + Int(byte - UInt8(ascii: "0"))
        }
        var sum = 8 * Int(UInt8(ascii: " "))
        for (i, byte) in head.enumerated() where !(148..<156).contains(i) { sum += Int(byte) }
        return sum == stated
    }

    private static func resemblance(_ head: [UInt8]) -> String {
        if head.isEmpty { return "is an empty file" }
        if head.allSatisfy({ $0 == 0 }) { return "begins with zeros, as an unfinished copy does" }
        let known: [(magic: [UInt8], name: String)] = [
            (Array("7z".utf8) + [0xBC, 0xAF, 0x27, 0x1C], "a 7z archive"), (Array("Rar!".utf8), "a RAR archive"),
            (Array("BZh".utf8), "compressed with bzip2"), ([0xFD] + Array("7zXZ".utf8), "compressed with xz"),
            ([0x89] + Array("PNG".utf8), "a single PNG image"), ([0xFF, 0xD8, 0xFF], "a single JPEG image"),
            (Array("PAR1".utf8), "a Parquet table"), ([0x89] + Array("HDF".utf8), "an HDF5 file"),
            (Array("version https://git-lfs".utf8), "a Git LFS pointer"),
        ]
        for (magic, name) in known where head.starts(with: magic) { return "looks like \(name)" }
        return "begins like none of them"
    }
}
