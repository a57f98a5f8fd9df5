import Compute
import Datasets
import Distillation
import Manifests
import Testing

struct AugmentTests {
    private struct Case: Decodable {
        var channels: Int
        var mean, std: [Float]
        var cropY, cropX: Int
        var flip: Bool
        var factors: [Float]
        var pixels: [UInt8]
        var output: [Float]
    }

    @Test func changesArePyTorchsAndTorchvisions() throws {
        let cases = try Goldens.load("augmentation", as: [Case].self)
        #expect(cases.count == 24)
        for (i, golden) in cases.enumerated() {
            // 2 of 5 rows and 3 of 7 columns.
            let isJittered = golden.factors != [1, 1, 1]
            let spec = AugmentSpec(crop: 0.42, flip: true, cutout: 0, colorJitter: isJittered ? 0.2 : 0, mixup: 0)
            let plan = AugmentPlan(spec, height: 5, width: 7)
            try #require(plan.padY == 2 && plan.padX == 3)
            let change = AugmentPlan.Change(
                cropY: golden.cropY, cropX: golden.cropX, flip: golden.flip, cutY: 0, cutX: 0,
                brightness: golden.factors[0], contrast: golden.factors[1], saturation: golden.factors[2])
            var output = [Float](repeating: .nan, count: 5 * 7 * golden.channels)
            var columns = [Int32](repeating: 0, count: 7)
            plan.apply(
                change, to: golden.pixels, into: &output,
                NormalizationTable(mean: golden.mean, std: golden.std), columns: &columns)
            // torchvision's shares of grey sum to 0.9999.
            let tolerance: Float = isJittered ? 5e-4 : 1e-6
            #expect(largestDifference(output, golden.output) < tolerance, "case \(i)")
        }
    }

    @Test func brightnessIsCutOffAtWhite() {
        let plan = AugmentPlan(
            AugmentSpec(crop: 0, flip: false, cutout: 0, colorJitter: 0.5, mixup: 0), height: 1, width: 2)
        let change = AugmentPlan.Change(
            cropY: 0, cropX: 0, flip: false, cutY: 0, cutX: 0, brightness: 1.5, contrast: 1, saturation: 1)
        var output: [Float] = [0, 0]
        var columns: [Int32] = [0, 0]
        plan.apply(
            change, to: [200, 100], into: &output, NormalizationTable(mean: [0], std: [1]), columns: &columns)
        #expect(output[0] == 1)
        #expect(abs(output[1] - 150.0 / 255) < 1e-6)
    }

    /// Images whose pixels tell where they came from: R is the row, G the column.
    private static func map(height: Int, width: Int) -> ImageSet {
        var pixels: [UInt8] = []
        for _ in 0..<2_000 {
            for y in 0..<height {
                for x in 0..<width { pixels += [UInt8(y), UInt8(x), 255] }
            }
        }
        return ImageSet(labels: [Int32](repeating: 0, count: 2_000), pixels: pixels)
    }

    private static func run(
        _ spec: AugmentSpec, _ images: ImageSet, height: Int, width: Int, samples: [Int32], threads: Int = 1,
        seed: UInt64 = 1, epoch: Int = 0
    ) -> [Float] {
        let pool = ThreadPool(threads: threads)
        let augmenter = Augmenter(
            spec, height: height, width: width, channels: 3, mean: [0, 0, 0], std: [1 / 255, 1 / 255, 1 / 255],
            pool: pool)
        var batch = [Float](repeating: .nan, count: samples.count * height * width * 3)
        augmenter.fill(&batch, from: images.rows, samples: samples, count: samples.count, seed: seed, epoch: epoch)
        return batch
    }

    /// Every window and both directions come up, and each about as often as the others.
    @Test func windowsAndFlipsAreUniform() {
        let images = Self.map(height: 4, width: 8)
        let batch = Self.run(.standard, images, height: 4, width: 8, samples: (0..<2_000).map { $0 })
        var counts: [[Int]: Int] = [:]
        for i in 0..<2_000 {
            // 4 x 8 with an eighth: 1 row (0.5 rounded up) and 1 column.
            let image = batch[i * 96..<(i + 1) * 96].map { Int($0.rounded()) }
            counts[image, default: 0] += 1
        }
        // 3 rows, 3 columns, 2 directions; 2,000 / 18 = 111 on average, standard deviation 10.
        #expect(counts.count == 18)
        #expect(counts.values.allSatisfy { (60...170).contains($0) })
    }

    @Test func changesHangOnSeedEpochAndSampleAlone() {
        let images = Self.map(height: 8, width: 8)
        let spec = AugmentSpec(crop: 0.25, flip: true, cutout: 0.5, colorJitter: 0.4, mixup: 0)
        let samples: [Int32] = (0..<40).map { $0 * 7 }
        let base = Self.run(spec, images, height: 8, width: 8, samples: samples)
        #expect(base == Self.run(spec, images, height: 8, width: 8, samples: samples, threads: 3))
        #expect(base != Self.run(spec, images, height: 8, width: 8, samples: samples, seed: 2))
        #expect(base != Self.run(spec, images, height: 8, width: 8, samples: samples, epoch: 1))
        let alone = Self.run(spec, images, height: 8, width: 8, samples: [samples[9]])
        #expect(alone == Array(base[9 * 192..<10 * 192]))
    }

    @Test func withoutChangesImagesAreOnlyNormalised() {
        let images = Self.map(height: 3, width: 5)
        let batch = Self.run(.none, images, height: 3, width: 5, samples: [4])
        let expected: [Float] = (0..<15).flatMap { (i: Int) -> [Float] in [Float(i / 5), Float(i % 5), 255] }
        #expect(largestDifference(batch, expected) < 1e-4)
    }

    @Test func cutoutBlanksASquareAroundAnyPixel() {
        let images = ImageSet(labels: [0], pixels: [UInt8](repeating: 255, count: 8 * 8 * 3))
        let spec = AugmentSpec(crop: 0, flip: false, cutout: 0.5, colorJitter: 0, mixup: 0)
        var sizes: Set<Int> = []
        for epoch in 0..<100 {
            let image = Self.run(spec, images, height: 8, width: 8, samples: [0], epoch: epoch)
            let blank = (0..<64).filter { image[3 * $0] == 0 }
            #expect((0..<192).allSatisfy { (image[$0] == 0) == blank.contains($0 / 3) })
            let rows = Set(blank.map { $0 / 8 })
            let columns = Set(blank.map { $0 % 8 })
            #expect(rows.count * columns.count == blank.count, "a rectangle")
            #expect(rows.max()! - rows.min()! == rows.count - 1 && columns.max()! - columns.min()! == columns.count - 1)
            sizes.insert(blank.count)
        }
        // Whole ones, and ones cut off at the border.
        #expect(sizes.contains(16) && sizes.contains(12) && sizes.max() == 16)
    }

    @Test(arguments: [0.2, 1, 3])
    func mixupSharesFollowTheirDistribution(alpha: Double) {
        let spec = AugmentSpec(crop: 0, flip: false, cutout: 0, colorJitter: 0, mixup: alpha)
        let augmenter = Augmenter(
            spec, height: 1, width: 1, channels: 1, mean: [0], std: [1], pool: ThreadPool(threads: 2))
        let count = 20_000
        var batch = (0..<count).map { Float($0) }
        var shares = [Float](repeating: .nan, count: count)
        augmenter.mix(
            &batch, samples: (0..<Int32(count)).map { $0 }, count: count, seed: 9, epoch: 2, shares: &shares)
        let mean = shares.reduce(0) { $0 + Double($1) } / Double(count)
        let variance = shares.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(count)
        let expected = 1 / (4 * (2 * alpha + 1))
        #expect(abs(mean - 0.5) < 0.012)
        #expect(abs(variance - expected) < 0.04 * expected)
        #expect(shares.allSatisfy { (0...1).contains($0) })
        for i in stride(from: 0, to: count, by: 997) {
            let mixed = shares[i] * Float(i) + (1 - shares[i]) * Float(count - 1 - i)
            #expect(abs(batch[i] - mixed) < 0.01)
        }
    }

    @Test func tinyMixupAlphaStillMixesNothingUp() {
        let spec = AugmentSpec(crop: 0, flip: false, cutout: 0, colorJitter: 0, mixup: 1e-6)
        let augmenter = Augmenter(
            spec, height: 1, width: 1, channels: 1, mean: [0], std: [1], pool: ThreadPool(threads: 1))
        var batch: [Float] = [1, 2, 3]
        var shares = [Float](repeating: .nan, count: 3)
        augmenter.mix(&batch, samples: [0, 1, 2], count: 3, seed: 1, epoch: 0, shares: &shares)
        #expect(shares[0] == 0 || shares[0] == 1)
        #expect(shares[1] == 1 && batch[1] == 2)
    }
}
