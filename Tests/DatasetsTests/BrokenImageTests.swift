import Compute
import Manifests
import Testing

@testable import Datasets

@Suite struct BrokenImageTests {
    private let folder: TemporaryFolder
    private let cache: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        cache = try TemporaryFolder()
    }

    private var files: Files {
        var files = Files.twoClasses(20)
        files.add("a/cut.png", Array(TestImage.png("cut").dropLast(40)))
        files.add("b/empty.jpg", [])
        files.add("b/movie.gif", "GIF89a and so on")
        return files
    }

    @Test(arguments: Packing.allCases) func namedWithTheirReasons(_ packing: Packing) throws {
        var request = DatasetRequest(try packing.pack(files, in: folder), cache: cache)
        request.maxCorrupt = 0.1
        let dataset = try read(request)
        #expect(dataset.leftOut.map(\.path) == ["a/cut.png", "b/empty.jpg", "b/movie.gif"])
        #expect(dataset.leftOut[1].reason == "not a PNG or JPEG image: it looks like an empty file")
        #expect(dataset.leftOut[2].reason == "not a PNG or JPEG image: it looks like a GIF image; convert it")
        #expect(dataset.totalFiles == 43 && dataset.counts.reduce(0, +) == 40)
        // From the cache the same.
        let again = try read(request)
        #expect(again.fromCache && Essence(again) == Essence(dataset))
    }

    @Test func tooMany() throws {
        var request = DatasetRequest(try Packing.zip.pack(files, in: folder), cache: cache)
        request.maxCorrupt = 0.05
        let error = try #require(failure(request))
        #expect(error.code == "dataset.tooCorrupt")
        #expect(
            error.what
                == "3 of 43 files cannot be used, more than the share of 0.05 that `maxCorrupt` allows")
        #expect(error.details.count == 3 && error.details[0].hasPrefix("a/cut.png: "))
    }

    @Test func exactlyTheShareIsAllowed() throws {
        var files = Files.twoClasses(48)
        for i in 0..<4 { files.add("a/broken\(i).jpg", "x") }
        var request = DatasetRequest(try Packing.folder.pack(files, in: folder), cache: cache)
        request.maxCorrupt = 0.04
        #expect(failure(request) == nil)
        request.maxCorrupt = 0.039
        #expect(failure(request)?.code == "dataset.tooCorrupt")
    }

    @Test func allBroken() throws {
        var files = Files()
        for i in 0..<4 { files.add("\(i % 2)/\(i).jpg", "x") }
        var request = DatasetRequest(try Packing.folder.pack(files, in: folder), cache: cache)
        request.maxCorrupt = 1
        #expect(failure(request)?.code == "dataset.empty")
        #expect(surveyFailure(request)?.code == "dataset.empty")
    }

    @Test(arguments: Packing.allCases) func limitsOnFilesAndSides(_ packing: Packing) throws {
        var files = Files.twoClasses(20)
        files.add("a/wide.png", TestImage.png("wide", width: 600, height: 1))
        files.add("b/long.png", TestImage.png("long", width: 100, height: 100))
        var request = DatasetRequest(try packing.pack(files, in: folder), cache: cache)
        request.maxCorrupt = 0.1
        request.limits.imageSide = 500
        request.limits.imageFileBytes = 10_000
        let dataset = try read(request)
        #expect(dataset.leftOut.map(\.path) == ["a/wide.png", "b/long.png"])
        #expect(dataset.leftOut[0].reason == "too large: 600 is over the limit `imageSide` of 500")
        #expect(dataset.leftOut[1].reason.contains("limit `imageFileBytes` of 10,000"))
    }

    /// A broken image takes part in the draw, so that the others stay where they are.
    @Test func brokenImageDoesNotMoveOthers() throws {
        var request = DatasetRequest(try Packing.tar.pack(.twoClasses(40), in: folder, name: "w"), cache: cache)
        request.maxCorrupt = 0.1
        let whole = try read(request)
        var files = Files.twoClasses(40)
        let broken = try #require(whole.train.paths.first)
        files.all[try #require(files.all.firstIndex { $0.path == broken })].bytes = [1, 2, 3]
        request.path = try Packing.tar.pack(files, in: folder, name: "b")
        let other = try read(request)
        #expect(other.train.paths == Array(whole.train.paths.dropFirst()))
        #expect(other.test.paths == whole.test.paths && other.evaluation.paths == whole.evaluation.paths)
        #expect(other.contentHash != whole.contentHash)
    }
}
