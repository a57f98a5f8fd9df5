import Manifests
import Testing

@testable import Datasets

@Suite struct LayoutTests {
    private let folder: TemporaryFolder
    private let cache: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        cache = try TemporaryFolder()
    }

    private func read(_ files: Files, _ packing: Packing = .folder) throws -> Dataset {
        try DatasetsTests.read(DatasetRequest(try packing.pack(files, in: folder), cache: cache))
    }

    private func failure(_ files: Files) throws -> DatasetError {
        try #require(DatasetsTests.failure(DatasetRequest(try Packing.folder.pack(files, in: folder), cache: cache)))
    }

    private func survey(_ files: Files, _ packing: Packing = .folder) throws -> DatasetSurvey {
        try DatasetReader.survey(DatasetRequest(try packing.pack(files, in: folder), cache: cache))
    }

    @Test(arguments: Packing.allCases) func splitFolders(_ packing: Packing) throws {
        var files = Files()
        for label in ["cat", "dog", "eel"] {
            files.addImages("train/\(label)", 6)
            files.addImages("val/\(label)", 2)
            files.addImages("test/\(label)", 3)
        }
        let dataset = try read(files, packing)
        #expect(dataset.classes == ["cat", "dog", "eel"])
        #expect(dataset.counts == [18, 6, 9])
        #expect(dataset.train.labels.map(Int.init) == (0..<18).map { $0 / 6 })
        #expect(dataset.train.paths.first == "train/cat/0.png")
        #expect(dataset.totalFiles == 33)
        #expect([dataset.width, dataset.height, dataset.channels] == [12, 12, 3])
        let expected = TestImage.bitmap("val/dog/1").pixels
        let i = try #require(dataset.evaluation.paths.firstIndex(of: "val/dog/1.png"))
        #expect(Array(UnsafeBufferPointer(start: dataset.evaluation.pixels(i), count: 432)) == expected)
        #expect(try survey(files, packing).layout == "a folder a class, with train/, val/ and test/")
    }

    @Test(arguments: Packing.allCases) func classFolders(_ packing: Packing) throws {
        let dataset = try read(.twoClasses(50), packing)
        #expect(dataset.counts == [81, 9, 10])
        #expect(try survey(.twoClasses(50), packing).layout == "a folder a class")
    }

    @Test(arguments: Packing.allCases) func labelTable(_ packing: Packing) throws {
        var files = Files()
        files.addImages("images", 6)
        var table = "file,label,split\r\n"
        for i in 0..<6 {
            table += "images/\(i).png,\"\(i % 2 == 0 ? "so, so" : "good")\",\(["train", "val", "Test"][i / 2])\r\n"
        }
        files.add("labels.csv", table)
        let dataset = try read(files, packing)
        #expect(dataset.classes == ["good", "so, so"])
        #expect(dataset.train.paths == ["images/0.png", "images/1.png"])
        #expect(dataset.train.labels == [1, 0])
        #expect(dataset.counts == [2, 2, 2])
    }

    @Test(arguments: ["Train", "training", "TRAIN"], ["valid", "Validation", "eval", "dev"])
    func spellings(_ train: String, _ evaluation: String) throws {
        var files = Files()
        for label in ["a", "b"] {
            files.addImages("\(train)/\(label)", 4)
            files.addImages("\(evaluation)/\(label)", 2)
            files.addImages("Test/\(label)", 1)
        }
        #expect(try read(files).counts == [8, 4, 2])
    }

    @Test(arguments: Packing.allCases) func singleTopFolderIsLookedThrough(_ packing: Packing) throws {
        var files = Files.twoClasses().within("outer/screws")
        files.add("README.txt", "made in 2026")
        let dataset = try read(files, packing)
        #expect(dataset.classes == ["a", "b"])
        #expect(dataset.train.paths.allSatisfy { $0.hasPrefix("a/") || $0.hasPrefix("b/") })
        #expect(dataset.notes.contains { $0.contains("outer/screws/") })
    }

    @Test func contentDecidesAndNotTheName() throws {
        var files = Files.twoClasses(4)
        files.add("a/picture", TestImage.png("no extension"))
        files.add("b/wrong.jpg", TestImage.png("a PNG named .jpg"))
        files.add("b/notes.txt", "nothing to see")
        let dataset = try read(files)
        let paths = dataset.train.paths + dataset.evaluation.paths + dataset.test.paths
        #expect(paths.contains("a/picture") && paths.contains("b/wrong.jpg"))
        #expect(paths.count == 10 && dataset.leftOut.isEmpty)
        #expect(dataset.notes.contains { $0.contains("b/notes.txt") })
    }

    @Test func nestedFoldersBelongToTheClass() throws {
        var files = Files()
        files.addImages("train/a/2024/may", 3)
        files.addImages("train/a", 3)
        files.addImages("train/b/2025", 6)
        files.addImages("test/a", 1)
        files.addImages("test/b/2023", 1)
        let dataset = try read(files)
        #expect(dataset.classes == ["a", "b"])
        #expect(dataset.counts == [11, 1, 2])
    }

    @Test func litterIsIgnored() throws {
        var files = Files.twoClasses(5)
        files.add("__MACOSX/a/._0.png", "resource fork")
        files.add("a/.DS_Store", "x")
        files.add("a/Thumbs.db", "x")
        files.add(".git/a.png", "x")
        let dataset = try read(files)
        #expect(dataset.totalFiles == 10 && dataset.leftOut.isEmpty)
        #expect(dataset.classes == ["a", "b"])
    }

    @Test func classNamedTrainIsNoSplit() throws {
        var files = Files()
        for label in ["bus", "car", "train"] { files.addImages(label, 6) }
        #expect(try read(files).classes == ["bus", "car", "train"])
    }

    @Test func unlabelledTestFolderIsNotUsed() throws {
        var files = Files()
        files.addImages("train/a", 10)
        files.addImages("train/b", 10)
        files.addImages("test", 5)
        let dataset = try read(files)
        #expect(dataset.counts.reduce(0, +) == 20)
        #expect(dataset.test.count == 2)
        #expect(dataset.notes.contains { $0.contains("5 images") && $0.contains("test/0.png") })
    }

    @Test func imagesBesideTheClassesAreSaid() throws {
        var files = Files.twoClasses()
        files.add("lost.png", TestImage.png("lost"))
        #expect(try read(files).notes.contains { $0.contains("lost.png") && $0.contains("1 image is") })
    }

    @Test func testWithoutTrain() throws {
        var files = Files()
        files.addImages("test/a", 2)
        files.addImages("test/b", 2)
        files.addImages("val/b", 2)
        let error = try failure(files)
        #expect(error.code == "dataset.layout" && error.what == "there is test/ and val/ but no train/")
    }

    @Test func emptyAndNearlyEmpty() throws {
        #expect(try failure(Files()).code == "dataset.empty")
        var texts = Files()
        texts.add("a/x.txt", "x")
        texts.add("b/y.txt", "y")
        let error = try failure(texts)
        #expect(error.code == "dataset.empty" && error.details == ["a/x.txt: not an image", "b/y.txt: not an image"])
    }

    @Test(arguments: Packing.allCases) func nothingInside(_ packing: Packing) throws {
        var files = Files()
        files.add("a/readme.txt", "x")
        let path = try packing.pack(files, in: folder)
        #expect(DatasetsTests.failure(DatasetRequest(path, cache: cache))?.code == "dataset.empty")
        #expect(surveyFailure(DatasetRequest(path, cache: cache))?.code == "dataset.empty")
    }

    @Test func oneClass() throws {
        var files = Files()
        files.addImages("good", 5)
        let error = try failure(files)
        #expect(error.code == "dataset.classes" && error.what.contains("`good`"))
    }

    @Test func imagesWithoutLabels() throws {
        var files = Files()
        for i in 0..<3 { files.add("\(i).png", TestImage.png("\(i)")) }
        let error = try failure(files)
        #expect(error.code == "dataset.layout" && error.details.contains { $0.contains("0.png, 1.png, 2.png") })
    }

    @Test func classWithoutTrainingImages() throws {
        var files = Files()
        files.addImages("train/Cat", 4)
        files.addImages("train/dog", 4)
        files.addImages("test/cat", 4)
        let error = try failure(files)
        #expect(error.code == "dataset.classes" && error.what.contains("`cat`") && error.fix.contains("capitals"))
    }

    @Test func pathThatIsNotThere() throws {
        let missing = DatasetRequest("\(folder.path)/nowhere", cache: cache)
        #expect(DatasetsTests.failure(missing)?.code == "dataset.unreadable")
        #expect(DatasetsTests.failure(missing)?.fix.contains("dataset:") == true)
        #expect(DatasetsTests.failure(DatasetRequest("/dev/null", cache: cache))?.code == "dataset.unreadable")
    }

    @Test func shapeIsChosenAndSaid() throws {
        var gray = Files()
        gray.addImages("a", 5, width: 64, height: 48, channels: 1)
        gray.addImages("b", 5, width: 80, height: 60, channels: 1)
        let dataset = try read(gray)
        #expect([dataset.width, dataset.height, dataset.channels] == [64, 64, 1])
        #expect(dataset.mean.count == 1)
        #expect(dataset.notes.contains { $0.contains("input 64x64 gray, chosen from the data") })
        var request = DatasetRequest(try Packing.tar.pack(gray, in: folder), cache: cache)
        request.input = InputSpec(width: 20, height: 10, channels: .rgb)
        let given = try DatasetsTests.read(request)
        #expect([given.width, given.height, given.channels] == [20, 10, 3])
        #expect(!given.notes.contains { $0.contains("chosen from the data") })
    }
}
