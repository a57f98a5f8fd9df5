import Foundation
import Manifests
import Testing

@testable import Datasets

@Suite struct SurveyTests {
    private let folder: TemporaryFolder
    private let cache: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        cache = try TemporaryFolder()
    }

    /// What a survey promises is what reading gives.
    private func compare(_ request: DatasetRequest, broken: Int = 0) throws {
        let survey = try DatasetReader.survey(request)
        #expect(cache.names.isEmpty, "a survey writes nothing")
        let dataset = try read(request)
        #expect(survey.classes == dataset.classes)
        #expect(survey.images == dataset.counts.reduce(0, +) + broken)
        let shape: [Int] = [dataset.width, dataset.height, dataset.channels]
        #expect([survey.width, survey.height, survey.channels] as [Int] == shape)
        if broken == 0 {
            #expect([survey.train, survey.evaluation, survey.test] == dataset.counts)
            let labels = dataset.train.labels + dataset.evaluation.labels + dataset.test.labels
            var perClass = [Int](repeating: 0, count: survey.classes.count)
            for label in labels { perClass[Int(label)] += 1 }
            #expect(survey.imagesPerClass == perClass)
        }
        #expect(survey.notes == dataset.notes)
    }

    @Test(arguments: Packing.allCases) func equalsReading(_ packing: Packing) throws {
        var files = Files()
        files.addImages("train/a", 300)
        files.addImages("train/b", 320, width: 20, height: 46)
        files.addImages("train/c", 10, width: 200, height: 100)
        files.addImages("test/a", 5)
        files.addImages("test/b", 5)
        files.add("train/a/plain", TestImage.png("plain"))
        files.add("train/a/notes.txt", "text")
        files.add("train/a/labels.csv", "not used")
        try compare(DatasetRequest(try packing.pack(files.within("top"), in: folder), cache: cache))
    }

    @Test(arguments: Packing.allCases) func equalsReadingOfTables(_ packing: Packing) throws {
        var files = Files()
        files.addImages("images", 40, channels: 1)
        files.add("labels.csv", "file,label\n" + (0..<38).map { "images/\($0).png,\($0 % 3)\n" }.joined())
        try compare(DatasetRequest(try packing.pack(files, in: folder), cache: cache))
    }

    @Test(arguments: Packing.allCases) func brokenImagesAreNotKnownYet(_ packing: Packing) throws {
        var files = Files.twoClasses(30)
        files.add("a/broken.png", "x")
        files.add("b/empty.jpg", [])
        var request = DatasetRequest(try packing.pack(files, in: folder), cache: cache)
        request.maxCorrupt = 0.5
        try compare(request, broken: 2)
    }

    /// A header that ends far behind the beginning of the file.
    @Test(arguments: Packing.allCases) func longHeaders(_ packing: Packing) throws {
        var files = Files()
        for label in ["a", "b"] {
            for i in 0..<3 {
                let jpeg = ImageCodec.encodeJPEG(TestImage.bitmap("\(label)\(i)", width: 50, height: 70))
                // 200,000 bytes of APP5 markers between the first marker and the rest.
                let marker = [0xFF, 0xE5, 0xFF, 0xFF] + [UInt8](repeating: 7, count: 65_533)
                files.add("\(label)/\(i).jpg", jpeg[..<2] + marker + marker + marker + jpeg[2...])
            }
        }
        try compare(DatasetRequest(try packing.pack(files, in: folder), cache: cache))
    }

    @Test func bytes() throws {
        let files = Files.twoClasses(4)
        let plain = try DatasetReader.survey(
            DatasetRequest(try Packing.folder.pack(files, in: folder), cache: cache))
        #expect(plain.bytes == files.all.reduce(0) { $0 + $1.bytes.count })
        let path = try Packing.tarGzip.pack(files, in: folder)
        let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
        #expect(try DatasetReader.survey(DatasetRequest(path, cache: cache)).bytes == size)
    }

    // MARK: real data

    private static let small = realData("cifar10-small.tar")

    private static func realData(_ name: String) -> String? {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let path = root.deletingLastPathComponent().appendingPathComponent("shared/data/\(name)").path
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }

    @Test(.enabled(if: small != nil, "skipped: ../shared/data/cifar10-small.tar is not there"))
    func cifarSmall() throws {
        let request = DatasetRequest(try #require(Self.small), cache: cache)
        try compare(request)
        let dataset = try read(request)
        #expect(dataset.fromCache)
        #expect(
            dataset.classes
                == ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"])
        #expect(dataset.counts == [3600, 400, 1000])
        #expect(dataset.leftOut.isEmpty && [dataset.width, dataset.height, dataset.channels] == [32, 32, 3])
        // The figures usually given for CIFAR-10.
        let usual: [Float] = [0.4914, 0.4822, 0.4465, 0.247, 0.2435, 0.2616]
        for (own, usual) in zip(dataset.mean + dataset.std, usual) { #expect(abs(own - usual) < 0.01) }
    }

    @Test(.enabled(if: realData("bccd.tar") != nil, "skipped: ../shared/data/bccd.tar is not there"))
    func archiveThatIsNoClassification() throws {
        let request = DatasetRequest(try #require(Self.realData("bccd.tar")), cache: cache)
        #expect(["dataset.classes", "dataset.layout"].contains(surveyFailure(request)?.code))
    }
}
