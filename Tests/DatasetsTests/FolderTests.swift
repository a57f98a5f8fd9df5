import Compute
import Foundation
import Manifests
import Testing

@testable import Datasets

@Suite struct FolderTests {
    private let folder: TemporaryFolder
    private let cache: TemporaryFolder
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        cache = try TemporaryFolder()
        path = try Packing.folder.pack(.twoClasses(20), in: folder)
    }

    private var request: DatasetRequest {
        var request = DatasetRequest(path, cache: cache)
        request.maxCorrupt = 0.2
        return request
    }

    @Test func linksAreNotFollowed() throws {
        let outside = try Packing.folder.pack(.twoClasses(1), in: folder, name: "outside")
        #expect(symlink("\(outside)/a/0.png", "\(path)/a/link.png") == 0)
        #expect(symlink("\(outside)/b", "\(path)/b/more") == 0)
        #expect(symlink(path, "\(path)/a/loop") == 0)
        #expect(symlink("nowhere", "\(path)/b/dangling.jpg") == 0)
        let dataset = try read(request)
        #expect(dataset.leftOut.map(\.path) == ["a/link.png", "a/loop", "b/dangling.jpg", "b/more"])
        #expect(dataset.leftOut.allSatisfy { $0.reason == "a symbolic link: links are not followed" })
        #expect(dataset.counts.reduce(0, +) == 40 && dataset.totalFiles == 44)
        #expect(try DatasetReader.survey(request).images == 40)
    }

    @Test func linkedFolderAtTheTopIsNoClass() throws {
        #expect(symlink("\(path)/a", "\(path)/c") == 0)
        let dataset = try read(request)
        #expect(dataset.classes == ["a", "b"] && dataset.leftOut.map(\.path) == ["c"])
    }

    @Test func pathItselfMayBeALink() throws {
        let link = "\(folder.path)/link"
        #expect(symlink(path, link) == 0)
        #expect(try read(DatasetRequest(link, cache: cache)).totalFiles == 40)
    }

    /// A fifo or device must neither be waited for nor read.
    @Test(.timeLimit(.minutes(1))) func fifosAndSockets() throws {
        #expect(mkfifo("\(path)/a/pipe.png", 0o644) == 0)
        #expect(mkfifo("\(path)/labels.csv", 0o644) == 0)
        let dataset = try read(request)
        #expect(
            dataset.leftOut == ["a/pipe.png", "labels.csv"].map { LeftOutFile(path: $0, reason: "a fifo, not a file") })
        #expect(mkfifo("\(folder.path)/fifo", 0o644) == 0)
        #expect(failure(DatasetRequest("\(folder.path)/fifo", cache: cache))?.code == "dataset.unreadable")
    }

    @Test func tooManyEntries() throws {
        var request = request
        request.limits.datasetEntries = 41
        #expect(failure(request)?.code == "limit.exceeded")
        #expect(surveyFailure(request)?.code == "limit.exceeded")
        request.limits.datasetEntries = 42
        #expect(failure(request) == nil)
    }

    @Test func tooDeep() throws {
        let deep = path + "/" + (0..<70).map { _ in "d" }.joined(separator: "/")
        try FileManager.default.createDirectory(atPath: deep, withIntermediateDirectories: true)
        #expect(failure(request)?.code == "dataset.layout")
    }

    @Test func namesThatAreNotUTF8() throws {
        for byte: UInt8 in [0xE9, 0xE8] {
            let name = Array("\(path)/a/".utf8) + [byte] + Array(".png".utf8) + [0]
            let bytes = TestImage.png("\(byte)")
            let descriptor = name.withUnsafeBytes {
                open($0.baseAddress!.assumingMemoryBound(to: CChar.self), O_WRONLY | O_CREAT, 0o644)
            }
            #expect(write(descriptor, bytes, bytes.count) == bytes.count)
            close(descriptor)
        }
        let dataset = try read(request)
        #expect(dataset.totalFiles == 42 && dataset.leftOut.isEmpty)
        #expect(dataset.notes.contains("2 names are not in UTF-8 and shown as if in Latin-1"))
        let again = try read(request)
        #expect(again.fromCache && Essence(again) == Essence(dataset))
    }

    @Test(.enabled(if: geteuid() != 0, "skipped: root may read every file")) func filesWithoutRights() throws {
        #expect(chmod("\(path)/a/3.png", 0) == 0)
        let dataset = try read(request)
        #expect(dataset.leftOut == [LeftOutFile(path: "a/3.png", reason: "cannot be read: Permission denied")])
    }

    /// A file that is rewritten meanwhile ends the reading, or the result is of one of its two states: never of both.
    @Test func filesThatChange() throws {
        let file = URL(fileURLWithPath: "\(path)/a/0.png")
        let old = try Data(contentsOf: file)
        var new = [UInt8](old)
        new[new.count / 2] ^= 0xFF
        let states = try [old, Data(new)].map { state in
            try state.write(to: file)
            return Essence(try read(DatasetRequest(path: path, maxCorrupt: 0.2, cacheDirectory: cache.path)))
        }
        #expect(states[0].contentHash != states[1].contentHash)
        var changed = 0
        for moment in 1...6 {
            try old.write(to: file)
            let empty = try TemporaryFolder()
            var asked = 0
            do throws(DatasetError) {
                let dataset = try DatasetReader.read(
                    DatasetRequest(path: path, maxCorrupt: 0.2, cacheDirectory: empty.path),
                    pool: ThreadPool(threads: 2),
                    shouldStop: {
                        asked += 1
                        if asked == moment { try? Data(new).write(to: file) }
                        return false
                    })
                #expect(states.contains(Essence(dataset)))
            } catch {
                #expect(error.code == "dataset.changed" && error.location?.hasSuffix("a/0.png") == true)
                #expect(empty.names.isEmpty)
                changed += 1
            }
        }
        #expect(changed >= 1)
    }
}
