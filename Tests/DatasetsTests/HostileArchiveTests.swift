import CCodecs
import Foundation
import Manifests
import Testing

@testable import Datasets

/// Archives made to do harm, or damaged: refused with a reason by reading and by the survey, nothing written.
@Suite struct HostileArchiveTests {
    private let folder: TemporaryFolder
    private let cache: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        cache = try TemporaryFolder()
    }

    private func archive(
        _ packing: Packing, options: String? = nil, passphrase: String? = nil, _ body: (ArchiveWriter) -> Void
    ) -> DatasetRequest {
        let path = "\(folder.path)/data-\(UUID().uuidString)"
        // The archive is whole when its writer goes away.
        do {
            let writer = ArchiveWriter(path, packing, options: options, passphrase: passphrase)
            for file in Files.twoClasses(3).all { writer.add(file.path, file.bytes) }
            body(writer)
        }
        return DatasetRequest(path, cache: cache)
    }

    private func expect(_ code: String, _ request: DatasetRequest, bySurvey: Bool = true) -> DatasetError? {
        let error = failure(request)
        #expect(error?.code == code, "\(String(describing: error))")
        if bySurvey { #expect(surveyFailure(request)?.code == code) }
        #expect(cache.names.isEmpty)
        return error
    }

    static let archives = Packing.allCases.filter { $0 != .folder }

    @Test(
        arguments: archives, ["../evil.png", "a/../../evil.png", "/etc/evil.png", "C:\\evil.png", "a\\..\\..\\x.png"])
    func pathsThatLeadOut(_ packing: Packing, _ path: String) {
        let error = expect("archive.unsafe", archive(packing) { $0.add(path, [1]) })
        #expect(error?.location?.contains("evil") == true || error?.location?.contains("x.png") == true)
    }

    @Test(arguments: [Packing.tar, .tarGzip]) func linksAndDevices(_ packing: Packing) {
        let link = archive(packing) { $0.add("a/link.png", type: S_IFLNK, link: "/etc/passwd") }
        #expect(expect("archive.unsafe", link)?.what.contains("symbolic link") == true)
        let hard = archive(packing) { $0.add("a/hard.png", type: S_IFREG, hardLink: "a/0.png") }
        #expect(expect("archive.unsafe", hard)?.what.contains("hard link") == true)
        let fifo = archive(packing) { $0.add("a/fifo.png", type: S_IFIFO) }
        #expect(expect("archive.unsafe", fifo)?.what.contains("fifo") == true)
        let device = archive(packing) { $0.add("a/device.png", type: S_IFCHR) }
        #expect(expect("archive.unsafe", device)?.what.contains("device") == true)
    }

    @Test(arguments: archives) func tooManyEntries(_ packing: Packing) {
        var request = archive(packing) { writer in
            for i in 0..<100 { writer.add("a/\(i).txt", []) }
        }
        request.limits.datasetEntries = 50
        #expect(expect("limit.exceeded", request)?.what.contains("`datasetEntries` is 50") == true)
    }

    @Test(arguments: archives) func bombs(_ packing: Packing) {
        let zeros = [UInt8](repeating: 0, count: 24 << 20)
        var request = archive(packing) { $0.add("a/zeros.png", zeros) }
        request.limits.archiveRatio = 20
        // A plain tar does not pack; a survey of a zip does not unpack what it need not.
        if packing != .tar {
            #expect(
                expect("limit.exceeded", request, bySurvey: packing != .zip)?.what.contains("`archiveRatio` is 20")
                    == true)
        }
        request.limits.archiveRatio = 100_000
        request.limits.archiveBytes = 8 << 20
        #expect(
            expect("limit.exceeded", request, bySurvey: packing != .zip)?.what.contains("`archiveBytes`") == true)
    }

    @Test func encrypted() {
        let request = archive(.zip, options: "zip:encryption=zipcrypt", passphrase: "secret") { _ in }
        #expect(expect("archive.encrypted", request)?.fix == "make an archive without a password")
    }

    @Test(arguments: archives, [0.3, 0.6, 0.9]) func cutOff(_ packing: Packing, _ share: Double) throws {
        let request = archive(packing) { $0.add("b/noise.png", TestImage.png("noise", width: 200, height: 200)) }
        let bytes = try Data(contentsOf: URL(fileURLWithPath: request.path))
        try bytes.prefix(Int(Double(bytes.count) * share)).write(to: URL(fileURLWithPath: request.path))
        let error = expect("archive.damaged", request, bySurvey: false)
        #expect(error?.fix.contains("copy or download it again") == true)
    }

    /// An image that is not what its checksum says is a broken image; the others are well.
    @Test func changedBytesInside() throws {
        var request = archive(.zip, options: "zip:compression=store") {
            $0.add("b/noise.png", TestImage.png("noise", width: 200, height: 200))
        }
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: request.path)))
        bytes[bytes.count * 3 / 4] ^= 0x55
        try Data(bytes).write(to: URL(fileURLWithPath: request.path))
        #expect(failure(request)?.code == "dataset.tooCorrupt")
        request.maxCorrupt = 0.5
        let dataset = try read(request)
        #expect(dataset.leftOut.map(\.path) == ["b/noise.png"])
        #expect(dataset.leftOut.first?.reason.hasPrefix("damaged in the archive: ") == true)
        #expect(dataset.train.count + dataset.evaluation.count + dataset.test.count == 6)
    }

    @Test func aTableThatIsDamagedIsNotTrusted() throws {
        let request = archive(.zip, options: "zip:compression=store") {
            $0.add("labels.csv", Array(("file,label\n" + String(repeating: "a/0.png,x\n", count: 4000)).utf8))
        }
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: request.path)))
        bytes[bytes.count / 2] ^= 0x01
        try Data(bytes).write(to: URL(fileURLWithPath: request.path))
        #expect(failure(request)?.location?.contains("labels.csv") == true)
    }

    @Test(arguments: [
        ("", "is an empty file"), ("hello, this is text", "begins like none of them"), ("7z\u{BC}", "begins like none"),
        ("Rar!\u{1A}\u{7}", "looks like a RAR archive"), ("\0\0\0\0\0", "begins with zeros"),
    ])
    func otherFiles(_ text: String, _ words: String) throws {
        let path = "\(folder.path)/file"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        #expect(expect("archive.unknownFormat", DatasetRequest(path, cache: cache))?.what.contains(words) == true)
    }

    @Test func lastOfRepeatedEntriesCounts() throws {
        let request = archive(.tar) { $0.add("./a/0.png", TestImage.png("newer")) }
        let dataset = try read(request)
        #expect(dataset.totalFiles == 6)
        #expect(dataset.notes.contains { $0.contains("1 file is in the archive more than once") })
        for images in [dataset.train, dataset.evaluation, dataset.test] {
            guard let i = images.paths.firstIndex(of: "a/0.png") else { continue }
            #expect(
                Array(UnsafeBufferPointer(start: images.pixels(i), count: 432)) == TestImage.bitmap("newer").pixels)
        }
    }

    /// Names in a form that is not UTF-8 are read, and told apart.
    @Test func namesInLatin1() throws {
        let request = archive(.zip) { _ in }
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: request.path)))
        // The names of a/0.png in its header and in the directory.
        let name = Array("a/0.png".utf8)
        var changed = 0
        for i in 0..<bytes.count - name.count where bytes[i..<i + name.count].elementsEqual(name) {
            bytes[i + 2] = 0xE9
            changed += 1
        }
        #expect(changed == 2)
        try Data(bytes).write(to: URL(fileURLWithPath: request.path))
        let dataset = try read(request)
        #expect(dataset.totalFiles == 6)
    }
}
