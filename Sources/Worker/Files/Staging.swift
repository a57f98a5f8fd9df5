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

    private init(directory: URL) { self.directory = directory }

    /// A folder in it, made where it is missing.
    func folder(_ name: String) throws -> Staging {
        let directory = url(name)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        return Staging(directory: directory)
    }

    func url(_ name: String) -> URL { directory.appendingPathComponent(name) }

    func write(_ data: Data, as name: String) throws { try WholeFile.write(data, to: url(name).path) }

    func write(_ text: String, as name: String) throws { try write(Data(text.utf8), as: name) }

    func size(of name: String) -> Int {
        (try? FileManager.default.attributesOfItem(atPath: url(name).path)[.size] as? Int) ?? 0
    }

    /// Of all files, those in folders too: `students/resnet8/student.onnx`.
    func names() throws -> [String] { try entries().filter { !$0.isFolder }.map(\.name) }

    private func entries() throws -> [(name: String, isFolder: Bool)] {
        let all = FileManager.default.enumerator(atPath: directory.path)
        var entries: [(name: String, isFolder: Bool)] = []
        while let name = all?.nextObject() as? String {
            entries.append((name, all?.fileAttributes?[.type] as? FileAttributeType == .typeDirectory))
        }
        return entries.sorted { $0.name < $1.name }
    }

    /// Writes `SHA256SUMS` over all files, in the form of sha256sum(1), and flushes everything to disk.
    func seal() throws {
        var lines = ""
        for name in try names() where name != "SHA256SUMS" {
            let digest = SHA256.hash(data: try Data(contentsOf: url(name)))
            lines += digest.map { String(format: "%02x", $0) }.joined() + "  \(name)\n"
        }
        try write(lines, as: "SHA256SUMS")
        for entry in try entries() { try flush(url(entry.name).path) }
        try flush(directory.path)
    }

    private func flush(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw CocoaError(.fileReadUnknown, userInfo: [NSFilePathErrorKey: path]) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw WholeFile.failure(path, errno) }
    }
}
