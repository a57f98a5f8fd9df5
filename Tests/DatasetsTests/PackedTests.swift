import Foundation
import Testing

@testable import Datasets

/// Datasets whose images are records of larger files, against files that Python wrote (`Goldens/make_packed.py`).
@Suite struct PackedTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Goldens/packed")

    /// Path, split, class and checksum of the pixels.
    private struct Image: Decodable, Equatable, Comparable {
        var path, split, label: String
        var checksum: UInt32

        init(from decoder: any Decoder) throws {
            var list = try decoder.unkeyedContainer()
            path = try list.decode(String.self)
            split = try list.decode(String.self)
            label = try list.decode(String.self)
            checksum = try list.decode(UInt32.self)
        }

        init(_ images: LabeledImages, _ i: Int, split: String, _ dataset: Dataset) {
            path = images.paths[i]
            self.split = split
            label = dataset.classes[Int(images.labels[i])]
            let count = dataset.width * dataset.height * dataset.channels
            checksum = UnsafeBufferPointer(start: images.pixels(i), count: count).enumerated()
                .reduce(0) { $0 &+ UInt32($1.offset + 1) &* UInt32($1.element) }
        }

        static func < (left: Image, right: Image) -> Bool { left.path < right.path }
    }

    private func expected(_ name: String) throws -> [Image] {
        let data = try Data(contentsOf: Self.folder.appendingPathComponent("expected.json"))
        return try #require(try JSONDecoder().decode([String: [Image]].self, from: data)[name]).sorted()
    }

    /// Evaluation images that were drawn from those for training are those for training.
    private func found(_ dataset: Dataset, hasEvaluation: Bool = false) -> [Image] {
        let splits = [
            (dataset.train, "train"), (dataset.evaluation, hasEvaluation ? "evaluation" : "train"),
            (dataset.test, "test"),
        ]
        return splits.flatMap { images, name in
            (0..<images.count).map { Image(images, $0, split: name, dataset) }
        }
        .sorted()
    }

    private func files(_ folder: String) throws -> Files {
        var files = Files()
        let url = Self.folder.appendingPathComponent(folder)
        for name in try FileManager.default.contentsOfDirectory(atPath: url.path).sorted() {
            files.add(name, [UInt8](try Data(contentsOf: url.appendingPathComponent(name))))
        }
        return files
    }

    @Test(arguments: Packing.allCases)
    func idx(packing: Packing) throws {
        let (data, cache) = (try TemporaryFolder(), try TemporaryFolder())
        // In an archive the order of files says nothing.
        let path = try packing.pack(try files("mnist").shuffled(3).within("MNIST"), in: data)
        for isFirst in [true, false] {
            let dataset = try read(DatasetRequest(path, cache: cache))
            let all = try expected("mnist")
            #expect(found(dataset) == all)
            #expect(dataset.shape == [8, 9, 1])
            #expect(dataset.counts == [27, 3, 10] && dataset.fromCache == !isFirst)
        }
        let survey = try DatasetReader.survey(DatasetRequest(path, cache: cache))
        #expect(survey.layout == "IDX files, as of MNIST" && survey.classes == ["0", "1", "2"])
        #expect(survey.train == 27 && survey.evaluation == 3 && survey.test == 10 && survey.channels == 1)
    }

    @Test func aFolderAndAnArchiveAreTheSame() throws {
        let (data, cache) = (try TemporaryFolder(), try TemporaryFolder())
        let essences = try [Packing.folder, .zip].map { packing in
            Essence(try read(DatasetRequest(try packing.pack(try files("mnist"), in: data), cache: cache), threads: 3))
        }
        #expect(essences[0] == essences[1])
        #expect(cache.pixelFiles.count == 1)
    }

    @Test(arguments: ["cifar-10-batches-bin", "cifar-100-binary"])
    func cifar(name: String) throws {
        let cache = try TemporaryFolder()
        // As it is downloaded.
        let request = DatasetRequest(Self.folder.appendingPathComponent(name + ".tar.gz").path, cache: cache)
        let dataset = try read(request)
        let all = try expected(name)
        #expect(found(dataset) == all)
        #expect(dataset.shape == [32, 32, 3] && dataset.test.count == 6)
        #expect(dataset.notes.contains("1 file is no images and ignored: readme.html"), "\(dataset.notes)")
        #expect(try DatasetReader.survey(request).layout == "binary files of CIFAR")
    }

    @Test func shards() throws {
        let (data, cache) = (try TemporaryFolder(), try TemporaryFolder())
        let files = try files("shards")
        let request = DatasetRequest(try Packing.folder.pack(files, in: data), cache: cache)
        for _ in 0..<2 {
            let dataset = try read(request)
            #expect(dataset.classes == ["bolt", "nut, large"])
            let paths = dataset.train.paths + dataset.test.paths
            #expect(paths.count == 20 && paths.allSatisfy { $0.hasPrefix("data-train-") })
            // Test images, of which there are none, are drawn from those for training.
            let all = found(dataset, hasEvaluation: true).map { image in
                var image = image
                if image.split == "test" { image.split = "train" }
                return image
            }
            let written = try expected("shards")
            #expect(all == written)
            #expect(dataset.notes.contains { $0.hasPrefix("3 images are without a label and not used") })
        }
        #expect(try DatasetReader.survey(request).layout == "shards of a WebDataset")
    }

    @Test func aSingleShardIsADataset() throws {
        let cache = try TemporaryFolder()
        let shard = Self.folder.appendingPathComponent("shards/data-train-000.tar").path
        let dataset = try read(DatasetRequest(shard, cache: cache))
        // Without the table of names, numbers are all that is known.
        #expect(dataset.classes == ["0", "1"] && dataset.totalFiles == 12)
        #expect(dataset.train.paths.allSatisfy { $0.hasPrefix("sample") })
    }

    @Test func oddShapesOfIDX() throws {
        let (data, cache) = (try TemporaryFolder(), try TemporaryFolder())
        var files = Files()
        let pixels = TestImage.bitmap("all", width: 20 * 5, height: 4).pixels
        files.add("pictures-idx4-ubyte", [0, 0, 8, 4, 0, 0, 0, 20, 0, 0, 0, 4, 0, 0, 0, 5, 0, 0, 0, 3] + pixels)
        files.add("classes-idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, 20] + (0..<20).map { 7 + $0 % 2 })
        let dataset = try read(DatasetRequest(try Packing.folder.pack(files, in: data), cache: cache))
        #expect(dataset.classes == ["7", "8"] && dataset.channels == 3 && dataset.totalFiles == 20)
    }
}

extension Dataset {
    fileprivate var shape: [Int] { [width, height, channels] }
}
