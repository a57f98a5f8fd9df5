import Foundation

/// A folder of one test, removed with all it holds at the test's end.
final class TemporaryFolder: Sendable {
    let path: String

    /// - Parameter parent: on another file system, to test what crosses two.
    init(in parent: String = NSTemporaryDirectory()) throws {
        let root = parent.hasSuffix("/") ? String(parent.dropLast()) : parent
        path = "\(root)/distilld-test-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    subscript(name: String) -> String { "\(path)/\(name)" }

    /// Writes a file, and the folders above it.
    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        try writeFile(text, self[name])
        return self[name]
    }
}

func writeFile(_ text: String, _ path: String) throws {
    let folder = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
}

func readFile(_ path: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
}

func exists(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0
}

/// The names in a folder, sorted; none where it is missing.
func names(_ path: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
}

/// A folder on another file system than `NSTemporaryDirectory()`; nil where this machine has none.
let otherFileSystem: String? = {
    func device(_ path: String) -> UInt? {
        var status = stat()
        return stat(path, &status) == 0 && access(path, W_OK) == 0 ? UInt(status.st_dev) : nil
    }
    guard let other = device("/dev/shm"), other != device(NSTemporaryDirectory()) else { return nil }
    return "/dev/shm"
}()
