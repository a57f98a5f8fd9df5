import Foundation
import Testing

@testable import Daemon

/// Moves, copies and removals of trees, and what surveys see of them.
@Suite struct FileTests {
    /// A tree with what trees may hold: a file, an empty folder, a closed folder, a link, a pipe.
    private func makeTree(_ path: String) throws {
        try writeFile("one", path + "/a/1")
        try writeFile("two", path + "/closed/2")
        try FileManager.default.createDirectory(atPath: path + "/empty", withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: path + "/link", withDestinationPath: "/etc")
        try #require(mkfifo(path + "/pipe", 0o640) == 0)
        try #require(chmod(path + "/a/1", 0o640) == 0 && chmod(path + "/closed", 0o500) == 0)
        let times = [timespec(tv_sec: 1000, tv_nsec: 5), timespec(tv_sec: 1000, tv_nsec: 5)]
        try #require(utimensat(AT_FDCWD, path + "/a/1", times, 0) == 0)
    }

    private func expectTree(_ path: String) throws {
        #expect(names(path) == ["a", "closed", "empty", "link", "pipe"])
        #expect(try readFile(path + "/a/1") == "one")
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: path + "/link") == "/etc")
        #expect(try FileStatus.of(path + "/pipe")?.kindInWords == "a named pipe")
        #expect(try FileStatus.of(path + "/closed")?.mode == 0o500)
        let file = try #require(try FileStatus.of(path + "/a/1"))
        #expect(file.mode == 0o640)
        #expect(file.modified.tv_sec == 1000 && file.modified.tv_nsec == 5)
    }

    @Test func aMoveIsARename() throws {
        let folder = try TemporaryFolder()
        try makeTree(folder["from"])
        let inode = try FileStatus.of(folder["from"])?.inode
        try Move.move(folder["from"], to: folder["to"])
        #expect(try FileStatus.of(folder["to"])?.inode == inode)
        #expect(names(folder.path) == ["to"])
        try expectTree(folder["to"])
        try Tree.remove(folder["to"])
        #expect(names(folder.path).isEmpty)
    }

    @Test(.enabled(if: otherFileSystem != nil, "needs /dev/shm on another file system than the temporary folder"))
    func aMoveAcrossFileSystemsIsACopyThatAppearsWhole() throws {
        let from = try TemporaryFolder(in: otherFileSystem ?? "/")
        let to = try TemporaryFolder()
        try makeTree(from["tree"])
        #expect(try !Move.rename(from["tree"], to: to["tree"]))
        // What an earlier try left.
        try writeFile("half", Move.partialName(of: to["tree"]) + "/a/0")
        try Move.move(from["tree"], to: to["tree"])
        try expectTree(to["tree"])
        #expect(names(from.path).isEmpty)
        #expect(names(to.path) == ["tree"])
    }

    @Test func aMoveThatWasDoneBeforeOnlyTidies() throws {
        let folder = try TemporaryFolder()
        try folder.write("copy", to: "to")
        try folder.write("source", to: "from")
        try Move.move(folder["from"], to: folder["to"])
        #expect(try readFile(folder["to"]) == "copy")
        #expect(names(folder.path) == ["to"])
    }

    @Test func aPartialNameFitsWhateverTheName() {
        let long = "/out/" + String(repeating: "n", count: 255)
        #expect(Path.name(of: Move.partialName(of: long)).utf8.count <= 255)
        #expect(Path.name(of: Move.partialName(of: long)).hasPrefix(Move.partialPrefix))
        #expect(Move.partialName(of: "/out/a") == "/out/.distilld-partial-a")
    }

    @Test func errorsNameThePathAndTheReason() throws {
        let folder = try TemporaryFolder()
        let error = #expect(throws: FileError.self) { try Move.move(folder["missing"], to: folder["to"]) }
        #expect(
            error?.description
                == "cannot move \(folder["missing"]) to \(folder["to"]): No such file or directory")
        #expect(error?.code == ENOENT)
    }

    @Test func aRemovalFollowsNoLink() throws {
        let folder = try TemporaryFolder()
        try folder.write("mine", to: "mine/1")
        try FileManager.default.createDirectory(atPath: folder["tree"], withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: folder["tree/link"], withDestinationPath: folder["mine"])
        try Tree.remove(folder["tree"])
        try Tree.remove(folder["never was"])
        #expect(names(folder.path) == ["mine"])
        #expect(names(folder["mine"]) == ["1"])
    }

    @Test func aDeepTreeIsNoProblem() throws {
        let folder = try TemporaryFolder()
        var path = folder["deep"]
        for _ in 0..<800 { path += "/d" }
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        #expect(try TreeSurvey(of: folder["deep"], limit: 1000).entries == 801)
        try Tree.copy(folder["deep"], to: folder["copy"])
        try Tree.remove(folder["deep"])
        #expect(try TreeSurvey(of: folder["copy"], limit: 1000).entries == 801)
    }

    @Test func filesAreReplacedWhole() throws {
        let folder = try TemporaryFolder()
        try FileBytes.write("one".utf8, to: folder["f"])
        try FileBytes.write("two".utf8, to: folder["f"])
        try FileBytes.append(" three", to: folder["f"])
        #expect(try FileBytes.read(folder["f"]) == Array("two three".utf8))
        #expect(try FileBytes.read(folder["f"], last: 5) == Array("three".utf8))
        #expect(try FileBytes.read(folder["none"]) == nil)
        #expect(names(folder.path) == ["f"])
    }

    @Test func aSurveySeesEveryChange() throws {
        let folder = try TemporaryFolder()
        try folder.write("1", to: "tree/a/1")
        func fingerprint() throws -> String { try TreeSurvey(of: folder["tree"], limit: 100).fingerprint.text }
        var seen = Set([try fingerprint()])
        let isNew = { seen.insert(try fingerprint()).inserted }
        #expect(try !isNew(), "the same again")
        try folder.write("22", to: "tree/a/1")
        #expect(try isNew(), "content")
        try folder.write("3", to: "tree/a/2")
        #expect(try isNew(), "a new file")
        #expect(rename(folder["tree/a/2"], folder["tree/a/3"]) == 0)
        #expect(try isNew(), "a name")
        chmod(folder["tree/a/3"], 0o600)
        #expect(try isNew(), "a mode")
        // A copying program that keeps times sets them back after each write.
        let times = [timespec(tv_sec: 7, tv_nsec: 0), timespec(tv_sec: 7, tv_nsec: 0)]
        utimensat(AT_FDCWD, folder["tree/a/3"], times, 0)
        #expect(try isNew(), "a time")
        utimensat(AT_FDCWD, folder["tree/a/3"], times, 0)
        #expect(try isNew(), "the same time once more: the change time tells")
        unlink(folder["tree/a/3"])
        #expect(try isNew(), "a removal")
    }

    @Test func aSurveyFindsWhatHoldsAJobUp() throws {
        let folder = try TemporaryFolder()
        try makeTree(folder["tree"])
        let survey = try TreeSurvey(of: folder["tree"], limit: 100)
        #expect(survey.entries == 8)
        #expect(Set(survey.refusals.map(\.kind)) == ["a symbolic link", "a named pipe"])
        #expect(survey.unfinished == nil)
        try folder.write("", to: "tree/a/2.part")
        #expect(try TreeSurvey(of: folder["tree"], limit: 100).unfinished == folder["tree/a/2.part"])
        #expect(throws: TreeSurvey.TooMany.self) { try TreeSurvey(of: folder["tree"], limit: 8) }
    }

    @Test func foldersAreMadeWithThoseAboveThem() throws {
        let folder = try TemporaryFolder()
        try Folder.create(folder["a/b/c"], mode: 0o700)
        try Folder.create(folder["a/b/c"])
        #expect(try FileStatus.of(folder["a/b/c"])?.mode == 0o700)
        try Folder.removeIfEmpty(folder["a"])
        try Folder.removeIfEmpty(folder["a/b/c"])
        try Folder.removeIfEmpty(folder["never was"])
        #expect(names(folder["a/b"]).isEmpty && names(folder["a"]) == ["b"])
        try folder.write("", to: "file")
        let error = #expect(throws: FileError.self) { try Folder.create(folder["file"]) }
        #expect(error?.code == ENOTDIR)
    }
}
