import Foundation

/// Files of real data beside the package, which are no part of it.
enum Corpus {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../../shared/data").standardizedFileURL.path

    static func path(_ name: String) -> String { folder + "/" + name }
    static func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

    struct File {
        var name: String
        var bytes: Data
    }

    /// The regular files of a ustar archive: headers of 512 bytes (name at 0, size in octal at 124, kind at 156),
    /// contents filled up to 512. (POSIX.1-1988, ustar)
    static func files(ofTar name: String) throws -> [File] {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path(name)), options: .alwaysMapped)
        func text(_ range: Range<Int>) -> String { String(decoding: bytes[range].prefix { $0 != 0 }, as: UTF8.self) }
        var result: [File] = []
        var at = 0
        while at + 512 <= bytes.count, bytes[at] != 0 {
            guard let size = Int(text(at + 124..<at + 136).trimmingCharacters(in: .whitespaces), radix: 8) else {
                throw CocoaError(.fileReadCorruptFile)
            }
            if bytes[at + 156] == UInt8(ascii: "0") {
                result.append(File(name: text(at..<at + 100), bytes: bytes[at + 512..<at + 512 + size]))
            }
            at += 512 + (size + 511) / 512 * 512
        }
        return result
    }

    /// What the list beside a corpus says of one file.
    struct Expectation {
        /// ok, error or bomb.
        var decodes: String
        /// As stored, before the EXIF orientation.
        var width, height: Int
        var orientation: Int
        /// R, G, B in 0...255, alpha composited on black.
        var means: [Double]
    }

    /// By file name. Columns: file, format, decodes, width, height, mode, orientation, means of R, G, B.
    static func expectations(_ name: String) throws -> [String: Expectation] {
        var result: [String: Expectation] = [:]
        let text = try String(contentsOfFile: path(name), encoding: .utf8)
        for line in text.split(whereSeparator: \.isNewline).dropFirst() {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            result[fields[0]] = Expectation(
                decodes: fields[2], width: Int(fields[3]) ?? 0, height: Int(fields[4]) ?? 0,
                orientation: Int(fields[6]) ?? 1, means: fields[7...].compactMap(Double.init))
        }
        return result
    }
}
