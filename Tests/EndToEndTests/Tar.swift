import Foundation

/// A tar archive of a folder, in the POSIX.1-1988 (ustar) format.
enum Tar {
    static func pack(_ folder: URL) throws -> Data {
        let base = folder.deletingLastPathComponent().path + "/"
        var archive = Data()
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        let paths = (files?.compactMap { ($0 as? URL)?.path } ?? []).sorted()
        for path in paths {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue else {
                continue
            }
            let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
            archive += header(String(path.dropFirst(base.count)), size: bytes.count)
            archive += bytes
            archive += Data(count: (512 - bytes.count % 512) % 512)
        }
        return archive + Data(count: 1024)
    }

    private static func header(_ name: String, size: Int) -> Data {
        precondition(name.utf8.count <= 100)
        var block = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, at offset: Int) {
            for (i, byte) in text.utf8.enumerated() { block[offset + i] = byte }
        }
        func octal(_ value: Int, digits: Int) -> String {
            let text = String(value, radix: 8)
            return String(repeating: "0", count: digits - text.count) + text
        }
        put(name, at: 0)
        put(octal(0o644, digits: 7), at: 100)
        put(octal(0, digits: 7), at: 108)
        put(octal(0, digits: 7), at: 116)
        put(octal(size, digits: 11), at: 124)
        put(octal(0, digits: 11), at: 136)
        put("        ", at: 148)
        put("0", at: 156)
        put("ustar\u{0}00", at: 257)
        let sum = block.reduce(0) { $0 + Int($1) }
        put(octal(sum, digits: 6) + "\u{0} ", at: 148)
        return Data(block)
    }
}
