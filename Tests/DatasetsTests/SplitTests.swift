import Compute
import Manifests
import Testing

@testable import Datasets

@Suite struct SplitTests {
    private func layout(_ sizes: [Int], split: Split? = nil) -> Layout {
        var images: [Layout.Image] = []
        for (label, size) in sizes.enumerated() {
            for i in 0..<size {
                images.append(
                    Layout.Image(path: "\(label)/\(i)", row: Int32(images.count), label: Int32(label), split: split))
            }
        }
        return Layout(
            description: "", classes: sizes.indices.map { "\($0)" }, images: images, missing: [], notes: [])
    }

    private func perClass(_ plan: SplitPlan, _ layout: Layout, _ split: Split) -> [Int] {
        var counts = [Int](repeating: 0, count: layout.classes.count)
        for (image, its) in zip(layout.images, plan.splits) where its == split { counts[Int(image.label)] += 1 }
        return counts
    }

    @Test func sharesByDefault() {
        let layout = layout([100, 300, 600])
        let plan = SplitPlan(layout, SplitSpec(), seed: 1)
        #expect(perClass(plan, layout, .test) == [10, 30, 60])
        #expect(perClass(plan, layout, .evaluation) == [9, 27, 54])
        #expect(plan.count(.train) == 810)
        #expect(plan.notes.count == 2)
    }

    @Test func evaluationIsLimitedUnlessAsked() {
        let layout = layout([20_000, 20_000])
        #expect(SplitPlan(layout, SplitSpec(), seed: 1).count(.evaluation) == 2000)
        #expect(SplitPlan(layout, SplitSpec(evaluation: 0.5), seed: 1).count(.evaluation) == 18_000)
    }

    @Test func sharesAsAsked() {
        let layout = layout([40, 60])
        let plan = SplitPlan(layout, SplitSpec(evaluation: 0.25, test: 0.2), seed: 3)
        #expect(perClass(plan, layout, .test) == [8, 12])
        #expect(perClass(plan, layout, .evaluation) == [8, 12])
        let none = SplitPlan(layout, SplitSpec(evaluation: 0.25, test: 0), seed: 3)
        #expect(none.count(.test) == 0 && none.count(.evaluation) == 25)
    }

    @Test func everyClassKeepsATrainingImage() {
        let layout = layout([1, 2, 1, 40])
        let plan = SplitPlan(layout, SplitSpec(evaluation: 0.9, test: 0.9), seed: 5)
        #expect(perClass(plan, layout, .train) == [1, 1, 1, 1])
    }

    @Test func whatTheDatasetSaysStays() {
        var layout = layout([50, 50])
        for i in 0..<10 { layout.images[i].split = .test }
        for i in 50..<60 { layout.images[i].split = .train }
        let plan = SplitPlan(layout, SplitSpec(test: 0.5), seed: 1)
        #expect(plan.count(.test) == 10)
        #expect(plan.splits[..<10].allSatisfy { $0 == .test })
        #expect(plan.notes.contains { $0.contains("split.test of the manifest is not used") })
    }

    @Test func seedDecides() {
        let layout = layout([30, 30])
        let first = SplitPlan(layout, SplitSpec(), seed: 1)
        #expect(SplitPlan(layout, SplitSpec(), seed: 1) == first)
        #expect(SplitPlan(layout, SplitSpec(), seed: 2).splits != first.splits)
        #expect(SplitPlan(layout, SplitSpec(), seed: 1 << 40).splits != first.splits)
    }

    @Test(arguments: [1, 2, 7, 50, 99, 100, 1000]) func apportionment(_ count: Int) {
        let sizes = [1, 3, 10, 36, 50]
        let parts = SplitPlan.apportion(count, among: sizes)
        #expect(zip(parts, sizes).allSatisfy { $0 >= 0 && $0 < $1 })
        #expect(parts.reduce(0, +) == min(count, 95))
    }

    @Test func largestRemainderDecides() {
        // Exact shares 0.6, 1.8, 3.6: one more for the second, then for the first of the two that are alike.
        #expect(SplitPlan.apportion(6, among: [10, 30, 60]) == [1, 2, 3])
        #expect(SplitPlan.apportion(1, among: [5, 5]) == [1, 0])
        #expect(SplitPlan.apportion(3, among: []) == [])
    }

    @Test func tooFewToJudge() throws {
        let (folder, cache) = (try TemporaryFolder(), try TemporaryFolder())
        let path = try Packing.folder.pack(.twoClasses(1), in: folder)
        let error = try #require(failure(DatasetRequest(path, cache: cache)))
        #expect(error.code == "dataset.split" && error.what.contains("all 2 images are for training"))
    }

    /// Packing, order of the entries and number of threads change nothing.
    @Test func sameWhateverTheWay() throws {
        let (folder, cache) = (try TemporaryFolder(), try TemporaryFolder())
        var files = Files()
        files.addImages("a", 400)
        files.addImages("b", 160, width: 14)
        files.addImages("c", 30, channels: 1)
        files.add("c/broken.png", "not a PNG")
        let first = try DatasetReader.read(
            DatasetRequest(try Packing.folder.pack(files, in: folder), cache: cache), pool: ThreadPool(threads: 1))
        #expect(!first.fromCache && first.counts == [478, 53, 59])
        let expected = Essence(first)
        for (seed, packing) in Packing.allCases.enumerated() {
            for threads in [1, 3] {
                let own = try TemporaryFolder()
                let other = files.shuffled(UInt64(seed * 10 + threads))
                let path = try packing.pack(other, in: folder, name: "\(threads)")
                let dataset = try DatasetReader.read(
                    DatasetRequest(path, cache: own), pool: ThreadPool(threads: threads))
                #expect(!dataset.fromCache)
                #expect(Essence(dataset) == expected, "\(packing) with \(threads) threads")
            }
        }
    }

    @Test func statisticsOfTheTrainingImages() throws {
        let (folder, cache) = (try TemporaryFolder(), try TemporaryFolder())
        let dataset = try read(DatasetRequest(try Packing.zip.pack(.twoClasses(20), in: folder), cache: cache))
        let bytes = dataset.width * dataset.height * 3
        for channel in 0..<3 {
            var values: [Double] = []
            for i in 0..<dataset.train.count {
                let row = UnsafeBufferPointer(start: dataset.train.pixels(i), count: bytes)
                values += stride(from: channel, to: bytes, by: 3).map { Double(row[$0]) / 255 }
            }
            let mean = values.reduce(0, +) / Double(values.count)
            let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
            #expect(abs(Double(dataset.mean[channel]) - mean) < 1e-6)
            #expect(abs(Double(dataset.std[channel]) - variance.squareRoot()) < 1e-6)
        }
    }
}
