import Crypto
import Foundation
import Manifests

#if canImport(Glibc)
    import Glibc
#endif

/// The folder that becomes the job's folder in the outbox: filled file by file, then made durable as a whole.
struct Staging {
    let directory: URL

    /// Makes the folder, or empties it: what an earlier process left there is made again.
    init(path: String) throws {
        directory = URL(fileURLWithPath: path, isDirectory: true)
        let files = FileManager.default
        try files.createDirectory(at: directory, withIntermediateDirectories: true)
        for entry in try files.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil) {
            try files.removeItem(at: entry)
        }
    }

    func url(_ name: String) -> URL { directory.appendingPathComponent(name) }

    func write(_ data: Data, as name: String) throws { try WholeFile.write(data, to: url(name).path) }

    func write(_ text: String, as name: String) throws { try write(Data(text.utf8), as: name) }

    func size(of name: String) -> Int {
        (try? FileManager.default.attributesOfItem(atPath: url(name).path)[.size] as? Int) ?? 0
    }

    func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted() }

    /// Writes `SHA256SUMS` over all files, in the form of sha256sum(1), and flushes everything to disk.
    func seal() throws {
        var lines = ""
        for name in try names() where name != "SHA256SUMS" {
            let digest = SHA256.hash(data: try Data(contentsOf: url(name)))
            lines += digest.map { String(format: "%02x", $0) }.joined() + "  \(name)\n"
        }
        try write(lines, as: "SHA256SUMS")
        for name in try names() { try flush(url(name).path) }
        try flush(directory.path)
    }

    private func flush(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw CocoaError(.fileReadUnknown, userInfo: [NSFilePathErrorKey: path]) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw WholeFile.failure(path, errno) }
    }
}
