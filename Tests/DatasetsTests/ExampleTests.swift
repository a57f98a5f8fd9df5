import Foundation
import Manifests
import Testing

@testable import Datasets

@Suite struct ExampleTests {
    @Test func classesAreTenAndSorted() {
        #expect(ExampleDataset.classes.count == 10)
        #expect(ExampleDataset.classes == ExampleDataset.classes.sorted())
        #expect(Set(ExampleDataset.classes).count == 10)
    }

    @Test func holdsWhatWasAskedFor() throws {
        let folder = try TemporaryFolder()
        try ExampleDataset.write(to: folder.path + "/a/b", seed: 5, trainPerClass: 9, testPerClass: 4)
        let files = try folder.files()
        #expect(files.count == 130)
        for name in ExampleDataset.classes {
            #expect(files.keys.count { $0.hasPrefix("a/b/train/\(name)/") } == 9)
            #expect(files.keys.count { $0.hasPrefix("a/b/test/\(name)/") } == 4)
        }
    }

    @Test func everyFileIsAnImageOfItsKind() throws {
        let folder = try TemporaryFolder()
        try ExampleDataset.write(to: folder.path, seed: 6, trainPerClass: 20, testPerClass: 0)
        var formats: [ImageFormat: Int] = [:]
        var sizes = Set<[Int]>()
        var gray = 0
        for (path, bytes) in try folder.files() {
            let (info, bitmap) = try bytes.withUnsafeBytes { bytes in
                (
                    try ImageCodec.probe(bytes, limits: Limits()),
                    try ImageCodec.decode(bytes, background: .black, limits: Limits())
                )
            }
            #expect(path.hasSuffix(info.format == .png ? ".png" : ".jpg"), "\(path)")
            #expect((40...72).contains(info.width) && (40...72).contains(info.height), "\(path)")
            #expect(Set(bitmap.pixels).count > 10, "\(path) is nearly empty")
            formats[info.format, default: 0] += 1
            sizes.insert([info.width, info.height])
            if !info.isColor { gray += 1 }
        }
        #expect(formats[.png, default: 0] > 50 && formats[.jpeg, default: 0] > 50)
        #expect(sizes.count > 100)
        #expect(gray > 0 && gray < 60)
    }

    @Test func theSeedDecidesEveryByte() throws {
        let (a, b, other) = (try TemporaryFolder(), try TemporaryFolder(), try TemporaryFolder())
        try ExampleDataset.write(to: a.path, seed: 7, trainPerClass: 6, testPerClass: 3)
        try ExampleDataset.write(to: b.path, seed: 7, trainPerClass: 6, testPerClass: 3)
        try ExampleDataset.write(to: other.path, seed: 8, trainPerClass: 6, testPerClass: 3)
        let (files, again) = (try a.files(), try b.files())
        #expect(files == again)
        let foreign = Set(try other.files().values)
        #expect(foreign.count == 90)
        #expect(foreign.isDisjoint(with: files.values))
    }

    @Test func moreImagesDoNotChangeTheFirst() throws {
        let (few, many) = (try TemporaryFolder(), try TemporaryFolder())
        try ExampleDataset.write(to: few.path, seed: 7, trainPerClass: 2, testPerClass: 1)
        try ExampleDataset.write(to: many.path, seed: 7, trainPerClass: 4, testPerClass: 2)
        let all = try many.files()
        for (path, bytes) in try few.files() { #expect(all[path] == bytes, "\(path)") }
        #expect(Set(all.values).count == 60)
    }

    @Test func saysWhereItCannotWrite() throws {
        let folder = try TemporaryFolder()
        let file = folder.path + "/taken"
        try Data("x".utf8).write(to: URL(fileURLWithPath: file))
        let error = try #require(throws: DatasetError.self) {
            try ExampleDataset.write(to: file, seed: 1, trainPerClass: 1, testPerClass: 1)
        }
        #expect(error.code == "example.unwritable")
        #expect(error.location?.hasPrefix(file) == true)
        #expect(!error.fix.isEmpty)
    }

    @Test func writesOverNothing() throws {
        let folder = try TemporaryFolder()
        try ExampleDataset.write(to: folder.path, seed: 1, trainPerClass: 1, testPerClass: 0)
        let before = try folder.files()
        let error = try #require(throws: DatasetError.self) {
            try ExampleDataset.write(to: folder.path, seed: 1, trainPerClass: 1, testPerClass: 0)
        }
        #expect(error.code == "example.unwritable")
        #expect(before.keys.contains { error.location?.hasSuffix($0) == true })
        #expect(try folder.files() == before)
    }
}
