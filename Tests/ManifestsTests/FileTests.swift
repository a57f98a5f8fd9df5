import Foundation
import Manifests
import Testing

/// Reading from the file system, where the file may be anything.
@Suite final class FileTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "distilld-manifests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit {
        do { try FileManager.default.removeItem(at: folder) } catch { Issue.record("\(error)") }
    }

    private func found(_ name: String, followSymlinks: Bool = false, limits: Limits = Limits()) -> String? {
        do {
            _ = try ManifestParser.read(
                path: folder.appending(path: name).path, limits: limits, followSymlinks: followSymlinks)
            return nil
        } catch {
            return error.problems.map { "\($0.file): \($0.found)" }.joined(separator: "\n")
        }
    }

    private func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: folder.appending(path: name))
    }

    @Test func aFile() throws {
        try write("dataset: a\n", to: "cats.job.yaml")
        let path = folder.appending(path: "cats.job.yaml").path
        #expect(try ManifestParser.read(path: path).spec.name == "cats")
        #expect(try ManifestParser.read(path: path, displayName: "dogs.job.yaml").spec.name == "dogs")
        #expect(try ManifestParser.read(path: path, defaultName: "birds").spec.name == "birds")
    }

    @Test func whatIsNoFile() throws {
        try write("dataset: a\n", to: "real.yaml")
        try FileManager.default.createDirectory(at: folder.appending(path: "sub"), withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            at: folder.appending(path: "link.yaml"), withDestinationURL: folder.appending(path: "real.yaml"))
        try FileManager.default.createSymbolicLink(
            at: folder.appending(path: "loop.yaml"), withDestinationURL: folder.appending(path: "loop.yaml"))
        #expect(mkfifo(folder.appending(path: "pipe.yaml").path, 0o600) == 0)

        #expect(found("missing.yaml") == "missing.yaml: no such file")
        #expect(found("sub") == "sub: a folder")
        #expect(found("pipe.yaml") == "pipe.yaml: a named pipe")
        #expect(found("link.yaml") == "link.yaml: a symbolic link")
        #expect(found("link.yaml", followSymlinks: true) == nil)
        #expect(found("loop.yaml", followSymlinks: true)?.hasPrefix("loop.yaml: a file that cannot be opened") == true)
        #expect(found("real.yaml") == nil)
    }

    @Test func theLimitIsExact() throws {
        var limits = Limits()
        limits.manifestBytes = 5000
        let line = "dataset: a\n"
        try write(line + String(repeating: "#", count: 5000 - line.utf8.count), to: "fits.yaml")
        try write(line + String(repeating: "#", count: 5001 - line.utf8.count), to: "over.yaml")
        #expect(found("fits.yaml", limits: limits) == nil)
        #expect(found("over.yaml", limits: limits) == "over.yaml: more than 5,000 bytes")
    }
}
