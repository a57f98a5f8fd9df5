import Foundation
import Testing

@testable import Datasets

/// What is said of files of records that are not whole, or not what their names promise.
@Suite struct BrokenPackedTests {
    private static let labels: [UInt8] = [0, 0, 8, 1, 0, 0, 0, 2, 0, 1]
    private static let images: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2] + [UInt8](1...8)

    private func mistake(_ all: [String: [UInt8]], _ packing: Packing = .folder) throws -> DatasetError? {
        let (data, cache) = (try TemporaryFolder(), try TemporaryFolder())
        var files = Files()
        for (name, bytes) in all.sorted(by: { $0.key < $1.key }) { files.add(name, bytes) }
        let request = DatasetRequest(try packing.pack(files, in: data), cache: cache)
        let error = failure(request)
        #expect(surveyFailure(request) == error, "check says what the job will say")
        #expect(cache.pixelFiles.isEmpty)
        return error
    }

    private func ofImages(_ bytes: [UInt8]) throws -> DatasetError {
        try #require(try mistake(["train-images-idx3-ubyte": bytes, "train-labels-idx1-ubyte": Self.labels]))
    }

    private func check(_ error: DatasetError, _ what: String, _ offset: String, file: String) {
        #expect(error.code == "dataset.records" && error.what == what)
        #expect(error.location == "\(file), byte \(offset)" && !error.fix.isEmpty)
    }

    @Test func headersOfIDX() throws {
        let file = "train-images-idx3-ubyte"
        for (index, byte, what) in [
            (0, 1, "an IDX file begins with two zeros, and this does not"),
            (2, 13, "the elements are single floats, not bytes"),
            (3, 2, "there are 2 dimensions: labels have 1, images 3 (count, rows, columns) or 4 (and channels)"),
            (11, 0, "the shape 2 x 0 x 2 cannot be"),
        ] as [(Int, UInt8, String)] {
            var bytes = Self.images
            bytes[index] = byte
            check(try ofImages(bytes), what, "\(index == 11 ? 8 : index)", file: file)
        }
        check(try ofImages(Array(Self.images[..<10])), "the file ends within its header", "10", file: file)
        check(
            try ofImages(Self.images.dropLast(2)),
            "the file ends in element 1 of 2: it has 22 bytes, and by its header 24", "22", file: file)
        check(
            try ofImages(Self.images + [0]),
            "the file goes on behind its last element: it has 25 bytes, and by its header 24", "24", file: file)
        // A count that no memory holds is only a count.
        var huge = Self.images
        for i in 4..<16 { huge[i] = 255 }
        #expect(try ofImages(huge).code == "dataset.records")
    }

    @Test func imagesWithoutLabels() throws {
        let error = try #require(try mistake(["train-images-idx3-ubyte": Self.images]))
        #expect(error.what == "there are no labels for these images" && error.location == "train-images-idx3-ubyte")
        #expect(error.fix.hasSuffix("train-labels-idx1-ubyte"))
        let fewer: [UInt8] = [0, 0, 8, 1, 0, 0, 0, 1, 0]
        check(
            try #require(try mistake(["a-images-idx3-ubyte": Self.images, "a-labels-idx1-ubyte": fewer], .zip)),
            "there are 1 label for the 2 images of a-images-idx3-ubyte", "4", file: "a-labels-idx1-ubyte")
    }

    @Test func damagedGzip() throws {
        let whole = Self.images
        let error = try #require(
            try mistake([
                "train-images-idx3-ubyte.gz": [0x1F, 0x8B, 8] + whole, "train-labels-idx1-ubyte": Self.labels,
            ]))
        #expect(error.code == "dataset.records" && error.what.hasPrefix("the compressed file is damaged or cut off"))
        #expect(error.location?.hasPrefix("train-images-idx3-ubyte.gz") == true)
    }

    @Test func recordsOfCIFAR() throws {
        var record = [UInt8](repeating: 9, count: 3073)
        check(
            try #require(try mistake(["data_batch_1.bin": record + [1, 2]])),
            "the file ends within a record: this one has 2 of 3,073 bytes", "3,073", file: "data_batch_1.bin")
        record[0] = 10
        check(
            try #require(try mistake(["data_batch_1.bin": record], .tarGzip)), "the label 10 is none of CIFAR-10", "0",
            file: "data_batch_1.bin")
    }

    @Test func labelsOfShards() throws {
        let (data, cache) = (try TemporaryFolder(), try TemporaryFolder())
        var shard = Files()
        for i in 0..<4 {
            shard.add("\(i).png", TestImage.png("\(i)"))
            shard.add("\(i).cls", i == 3 ? [49, 0] : [49])
        }
        let inner = try Packing.tar.pack(shard, in: data, name: "shard")
        var outer = Files()
        outer.add("s-0.tar", [UInt8](try Data(contentsOf: URL(fileURLWithPath: inner))))
        let request = DatasetRequest(try Packing.folder.pack(outer, in: data), cache: cache)
        let error = try #require(failure(request))
        #expect(error.code == "dataset.labels" && error.location?.hasSuffix("/s-0.tar: 3.cls, byte 1") == true)
        // A shard that is cut off is named.
        outer.all[0].bytes = Array(outer.all[0].bytes.prefix(1200))
        let cut = try #require(
            failure(
                DatasetRequest(try Packing.folder.pack(outer, in: data, name: "cut"), cache: cache)))
        #expect(cut.code == "archive.damaged" && cut.location?.contains("s-0.tar") == true)
    }

    @Test func imagesComeFirst() throws {
        // Beside images, a file of such a name is a file like any other.
        let (data, cache) = (try TemporaryFolder(), try TemporaryFolder())
        for packing in Packing.allCases {
            var files = Files.twoClasses()
            files.add("train.bin", [1, 2, 3])
            files.add("more.tar", [1, 2, 3])
            let dataset = try read(DatasetRequest(try packing.pack(files, in: data), cache: cache))
            #expect(dataset.totalFiles == 20 && dataset.classes == ["a", "b"])
            #expect(dataset.notes.contains("2 files are no images and ignored: more.tar, train.bin"))
        }
    }
}
