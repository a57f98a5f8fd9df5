import Foundation
import Manifests
import Testing

@testable import Datasets

/// Images in `unlabelled/`.
@Suite struct UnlabelledTests {
    private let folder: TemporaryFolder
    private let cache: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        cache = try TemporaryFolder()
    }

    private func read(_ files: Files, _ packing: Packing = .folder) throws -> Dataset {
        try DatasetsTests.read(DatasetRequest(try packing.pack(files, in: folder), cache: cache))
    }

    @Test(arguments: Packing.allCases) func besideTheClasses(_ packing: Packing) throws {
        let plain = try read(.twoClasses(50), .folder)
        var files = Files.twoClasses(50)
        files.addImages("unlabelled", 7)
        files.addImages("unlabelled/deep/er", 3)
        let dataset = try read(files, packing)
        #expect(dataset.classes == ["a", "b"] && dataset.counts == [81, 9, 10])
        #expect(dataset.train.paths == plain.train.paths && dataset.test.paths == plain.test.paths)
        #expect(dataset.unlabelled.count == 10 && dataset.unlabelled.labels == [Int32](repeating: -1, count: 10))
        #expect(dataset.unlabelled.paths.first == "unlabelled/0.png" && !dataset.isWithoutLabels)
        #expect(dataset.totalFiles == 110)
        #expect(dataset.mean == plain.mean)
        #expect(dataset.notes.contains { $0.hasPrefix("10 images have no label") })
        let survey = try DatasetReader.survey(DatasetRequest(packing.pack(files, in: folder, name: "s"), cache: cache))
        #expect(survey.unlabelled == 10 && survey.train == 81 && survey.images == 110 && survey.classes == ["a", "b"])
    }

    @Test(arguments: ["Unlabeled", "train/unlabelled", "Training/Unlabelled/x"])
    func besideOrInTrain(_ place: String) throws {
        var files = Files()
        for label in ["a", "b"] {
            files.addImages("\(place.hasPrefix("Training") ? "Training" : "train")/\(label)", 6)
            files.addImages("test/\(label)", 3)
        }
        files.addImages(place, 4)
        let dataset = try read(files)
        #expect(dataset.classes == ["a", "b"] && dataset.unlabelled.count == 4)
        #expect(dataset.test.count == 6)
    }

    @Test func besideATable() throws {
        var files = Files()
        files.addImages("images", 20)
        files.addImages("unlabelled", 5)
        files.addImages("others", 2)
        files.add("labels.csv", "file,label\n" + (0..<20).map { "images/\($0).png,\($0 % 2)\n" }.joined())
        let dataset = try read(files)
        #expect(dataset.classes == ["0", "1"] && dataset.unlabelled.count == 5)
        #expect(dataset.notes.contains { $0.hasPrefix("2 images are not in labels.csv") })
    }

    /// What the networks are judged by may be learned from nobody; broken files are counted as all others.
    @Test func copiesOfHeldOutImagesAndBrokenOnesAreLeftOut() throws {
        var files = Files()
        for label in ["a", "b"] {
            files.addImages("train/\(label)", 40)
            files.addImages("test/\(label)", 3)
        }
        files.addImages("unlabelled", 4)
        files.add("unlabelled/copy.png", TestImage.png("test/a/1"))
        files.add("unlabelled/trained.png", TestImage.png("train/b/1"))
        files.add("unlabelled/broken.png", "no image")
        let request = DatasetRequest(
            path: try Packing.folder.pack(files, in: folder), maxCorrupt: 0.1, cacheDirectory: cache.path)
        let dataset = try DatasetsTests.read(request)
        // Of the training images some are taken for evaluation; this one may be among them.
        let isHeld = dataset.evaluation.paths.contains("train/b/1.png")
        #expect(dataset.unlabelled.count == (isHeld ? 4 : 5))
        #expect(!dataset.unlabelled.paths.contains("unlabelled/copy.png"))
        #expect(dataset.leftOut.map(\.path) == ["unlabelled/broken.png"])
        #expect(dataset.notes.contains { $0.contains("without a label") && $0.contains("left out") })
    }

    @Test(arguments: [Packing.folder, .zip]) func nothingElse(_ packing: Packing) throws {
        var files = Files()
        files.addImages("unlabelled", 30)
        files.addImages("unlabelled/more", 10)
        let dataset = try read(files, packing)
        #expect(dataset.isWithoutLabels && dataset.unlabelled.count == 0)
        #expect(dataset.counts == [32, 4, 4])
        let answered = dataset.answered(
            classes: ["x", "y"], evaluation: [0, 1, 1, 0], test: [1, 1, 1, 1])
        #expect(answered.classes == ["x", "y"] && answered.evaluation.labels == [0, 1, 1, 0])
        #expect(answered.train.labels == [Int32](repeating: -1, count: 32))
        #expect(answered.train.paths == dataset.train.paths && answered.contentHash == dataset.contentHash)
    }

    /// A class of that name has no place beside it, and a split other than the training images has no such folder.
    @Test func inATestFolderItIsAClass() throws {
        var files = Files()
        for label in ["a", "unlabelled"] {
            files.addImages("test/\(label)", 3)
            files.addImages("train/\(label)", 6)
        }
        let error = try #require(
            DatasetsTests.failure(DatasetRequest(try Packing.folder.pack(files, in: folder), cache: cache)))
        #expect(error.code == "dataset.classes" && error.what.contains("unlabelled"))
    }
}
