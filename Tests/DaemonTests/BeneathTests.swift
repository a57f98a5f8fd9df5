import CFiles
import Foundation
import Manifests
import Testing

@testable import Daemon

/// What is opened below a folder stays below it.
@Suite struct BeneathTests {
    private typealias Opener = @Sendable (Int32, String, Int32) -> Int32

    /// With the kernel's help, and step by step.
    private static let openers: [Opener] = [
        { beneath_open($0, $1, $2) }, { beneath_walk($0, $1, $2) },
    ]

    /// Opens, reads, and closes; nil with errno where it does not open.
    private func read(_ open: Opener, _ root: Int32, _ path: String) -> String? {
        let descriptor = open(root, path, O_RDONLY)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }

    @Test func filesBelowAreOpenedAndNothingElse() throws {
        let folder = try TemporaryFolder()
        try folder.write("inner", to: "root/a/b/file")
        try folder.write("secret", to: "outside")
        symlink("../outside", folder["root/link"])
        symlink(folder["outside"], folder["root/absolute"])
        symlink("b", folder["root/a/folder"])
        let long = String(repeating: "x", count: 300)
        let root = open(folder["root"], O_RDONLY | O_DIRECTORY)
        defer { close(root) }
        for open in Self.openers {
            for path in ["a/b/file", "./a//b/./file", "a/b/file"] {
                #expect(read(open, root, path) == "inner", "\(path)")
            }
            for (path, codes) in [
                ("link", [ELOOP]), ("absolute", [ELOOP]), ("a/folder/file", [ELOOP, ENOTDIR]),
                ("../outside", [EXDEV]), ("a/../../outside", [EXDEV]), (folder["outside"], [EXDEV]),
                ("a/missing", [ENOENT]), ("a/b/file/more", [ENOTDIR]), (long, [ENAMETOOLONG]),
                ("a/\(long)/b", [ENAMETOOLONG]),
            ] {
                #expect(read(open, root, path) == nil, "\(path)")
                #expect(codes.contains(errno), "\(path): \(errno)")
            }
            let itself = open(root, ".", O_RDONLY | O_DIRECTORY)
            #expect(itself >= 0)
            close(itself)
        }
    }

    @Test func pathsMustLieInARoot() throws {
        let folder = try TemporaryFolder()
        try folder.write("inner", to: "inbox/set/file")
        try folder.write("secret", to: "inboxes/file")
        symlink(folder["inbox"], folder["chosen"])
        func opens(_ path: String, _ roots: [String]?) -> Bool {
            let descriptor = InputFile.open(folder[path], below: roots?.map { folder[$0] })
            if descriptor >= 0 { close(descriptor) }
            return descriptor >= 0
        }
        #expect(opens("inbox/set/file", ["other", "inbox"]))
        #expect(opens("chosen/set/file", ["chosen"]), "a root may be a link")
        #expect(!opens("inboxes/file", ["inbox"]))
        #expect(!opens("chosen/set/file", ["inbox"]))
        #expect(opens("chosen/set/file", nil), "a user's own path")
        try FileManager.default.moveItem(atPath: folder["inbox/set"], toPath: folder["away"])
        symlink(folder["away"], folder["inbox/set"])
        #expect(!opens("inbox/set/file", ["inbox"]), "a link that appeared meanwhile")
    }

    /// A folder of a tree that is being removed becomes a link to another one.
    @Test func aRemovalStaysInItsTree() throws {
        let folder = try TemporaryFolder()
        try folder.write("kept", to: "precious/file")
        for i in 0..<50 { try folder.write("x", to: "tree/\(i)/file") }
        var isSwapped = false
        #expect(throws: FileError.self) {
            try Tree.walk(RawPath(folder["tree"])) { entry in
                #expect(!entry.path.text.hasSuffix("precious/file"))
                guard entry.status.kind == .folder, !isSwapped else { return }
                isSwapped = true
                // Between its listing and its own turn.
                try FileManager.default.moveItem(atPath: entry.path.text, toPath: folder["aside"])
                symlink(folder["precious"], entry.path.text)
            }
        }
        #expect(isSwapped)
        try Tree.remove(folder["tree"])
        #expect(try readFile(folder["precious/file"]) == "kept")
        #expect(!exists(folder["tree"]))
    }
}
