import Compute
import Foundation
import Manifests
import Testing

@testable import Datasets

@Suite struct CacheTests {
    private let folder: TemporaryFolder
    private let cache: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        cache = try TemporaryFolder()
    }

    private func request(_ packing: Packing = .folder, _ files: Files = .twoClasses(30)) throws -> DatasetRequest {
        DatasetRequest(try packing.pack(files, in: folder), cache: cache)
    }

    @Test(arguments: Packing.allCases) func secondReadingDecodesNothing(_ packing: Packing) throws {
        let request = try request(packing)
        let first = try read(request)
        let second = try read(request)
        #expect(!first.fromCache && second.fromCache)
        #expect(Essence(first) == Essence(second))
        #expect(first.notes == second.notes)
        #expect(cache.pixelFiles.count == 1)
        #expect(!cache.names.contains { $0.hasSuffix(".part") })
    }

    @Test func folderAndArchiveShareTheCache() throws {
        let archive = try read(request(.tarZstd))
        let folder = try read(request(.folder))
        #expect(folder.fromCache && folder.contentHash == archive.contentHash)
        // Another archive must be unpacked to be known, and ends in the same file.
        let other = try read(request(.zip))
        #expect(!other.fromCache && other.contentHash == archive.contentHash)
        #expect(cache.pixelFiles == ["\(archive.contentHash).pixels"])
    }

    @Test func splitAndSeedAreNotPartOfIt() throws {
        var request = try request()
        let first = try read(request)
        request.seed = 7
        request.split.test = 0.3
        let second = try read(request)
        #expect(second.fromCache && second.contentHash == first.contentHash)
        #expect(second.test.count == 18)
    }

    @Test func settingsAndContentArePartOfIt() throws {
        var hashes: Set<String> = []
        var request = try request()
        hashes.insert(try read(request).contentHash)
        request.input.width = 16
        hashes.insert(try read(request).contentHash)
        request.input.fit = .crop
        hashes.insert(try read(request).contentHash)
        request.input.background = "#FFFFFF"
        hashes.insert(try read(request).contentHash)
        request.input.channels = .gray
        hashes.insert(try read(request).contentHash)
        var files = Files.twoClasses(30)
        files.all[3].bytes = TestImage.png("another")
        #expect(try !read(self.request(.folder, files)).fromCache)
        hashes.insert(try read(self.request(.folder, files)).contentHash)
        files.all[3].path = "b/another.png"
        files.all.removeFirst()
        hashes.insert(try read(self.request(.tar, files)).contentHash)
        #expect(hashes.count == 7)
    }

    private enum Damage: CaseIterable { case pixel, content, header, truncated, longer, empty, link }

    private func damage(_ path: String, _ damage: Damage) throws {
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        switch damage {
        case .pixel: bytes[4096 + 500] ^= 1
        case .content: bytes[bytes.count - 9] ^= 0x80
        case .header: bytes[9] ^= 1
        case .truncated: bytes.removeLast(bytes.count / 2)
        case .longer: bytes.append(0)
        case .empty: bytes = []
        case .link: break
        }
        try FileManager.default.removeItem(atPath: path)
        try Data(bytes).write(to: URL(fileURLWithPath: damage == .link ? path + ".other" : path))
        if damage == .link { #expect(symlink(path + ".other", path) == 0) }
    }

    @Test(arguments: Damage.allCases, [Packing.folder, .tar])
    private func damagedFileIsMadeAgain(_ damage: Damage, _ packing: Packing) throws {
        let request = try request(packing)
        let first = try read(request)
        let path = "\(cache.path)/\(first.contentHash).pixels"
        try self.damage(path, damage)
        let second = try read(request)
        #expect(!second.fromCache && Essence(second) == Essence(first))
        #expect(second.notes.contains { $0.contains("were damaged") })
        #expect(try read(request).fromCache)
    }

    @Test func everyFlippedBitIsNoticed() throws {
        var small = Files()
        for label in ["a", "b"] { small.addImages(label, 3, width: 8, height: 8, channels: 1) }
        let first = try read(request(.folder, small))
        let path = "\(cache.path)/\(first.contentHash).pixels"
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        let settings = DecodeSettings(try request(.folder, small), width: 8, height: 8, channels: .gray)
        let pool = ThreadPool(threads: 1)
        // The header's numbers, all rows, and everything after them.
        for place in Array(0..<56) + Array(4096..<bytes.count) {
            var changed = bytes
            changed[place] ^= UInt8(1 << (place % 8))
            try Data(changed).write(to: URL(fileURLWithPath: path))
            guard case .damaged = try CacheFile.open(path, settings: settings, pool: pool) else {
                Issue.record("a change at byte \(place) goes unnoticed")
                continue
            }
        }
    }

    @Test func damagedIndexIsReadAgain() throws {
        let request = try request(.tarGzip)
        _ = try read(request)
        let name = try #require(cache.names.first { $0.hasSuffix(".archive") })
        let url = URL(fileURLWithPath: "\(cache.path)/\(name)")
        for text in ["", "{\"version\":1", "{\"version\":99}", "[]"] {
            try Data(text.utf8).write(to: url)
            #expect(try !read(request).fromCache)
            #expect(try read(request).fromCache)
        }
    }

    @Test func cacheFolderThatCannotBe() throws {
        var request = try request()
        request.cacheDirectory = "/dev/null/cache"
        #expect(failure(request)?.code == "cache.failed")
        request.cacheDirectory = "\(cache.path)/made/on/the/way"
        #expect(failure(request) == nil)
    }

    @Test func twoAtOnce() throws {
        let request = try request(.zip, .twoClasses(300))
        let results = Results()
        DispatchQueue.concurrentPerform(iterations: 4) { i in
            let dataset = try? DatasetReader.read(request, pool: ThreadPool(threads: 1))
            results.set(i, dataset.map(Essence.init))
        }
        let all = results.all
        #expect(all.count == 4 && Set(all.map(\.contentHash)).count == 1)
        #expect(all.allSatisfy { $0 == all[0] })
        #expect(cache.pixelFiles.count == 1 && !cache.names.contains { $0.hasSuffix(".part") })
    }

    private final class Results: @unchecked Sendable {
        private let lock = NSLock()
        private var results: [Int: Essence] = [:]

        func set(_ i: Int, _ essence: Essence?) { lock.withLock { results[i] = essence } }
        var all: [Essence] { lock.withLock { Array(results.values) } }
    }

    @Test func abandonedPartsAreRemoved() throws {
        let (old, new) = ("\(cache.path)/old.part", "\(cache.path)/new.part")
        try Data([1]).write(to: URL(fileURLWithPath: old))
        try Data([1]).write(to: URL(fileURLWithPath: new))
        try FileManager.default.setAttributes([.modificationDate: Date() - 7200], ofItemAtPath: old)
        _ = try read(request())
        #expect(!cache.names.contains("old.part") && cache.names.contains("new.part"))
    }

    @Test(arguments: [Packing.folder, .tarGzip]) func stopping(_ packing: Packing) throws {
        let request = try request(packing, .twoClasses(1200))
        // Asked 0, 1, 2 ... times before it says so, until reading is through.
        var allowed = 0
        while true {
            var asked = 0
            do throws(DatasetError) {
                let dataset = try DatasetReader.read(
                    request, pool: ThreadPool(threads: 2),
                    shouldStop: {
                        asked += 1
                        return asked > allowed
                    })
                #expect(dataset.counts.reduce(0, +) == 2400)
                break
            } catch {
                #expect(error == .stopped)
                #expect(cache.names.isEmpty, "after \(allowed) looks")
            }
            allowed += 1
        }
        #expect(allowed >= 5)
    }

    @Test(arguments: Packing.allCases) func progressRises(_ packing: Packing) throws {
        let request = try request(packing, .twoClasses(600))
        for _ in 0..<2 {
            var seen: [(Int, Int)] = []
            _ = try DatasetReader.read(request, pool: ThreadPool(threads: 2), progress: { seen.append(($0, $1)) })
            #expect(seen.last.map { $0.0 } == 1200 && seen.last.map { $0.1 } == 1200)
            #expect(seen.allSatisfy { $0.0 <= $0.1 })
            #expect(zip(seen, seen.dropFirst()).allSatisfy { $0.0 <= $1.0 })
        }
    }
}
