import Compute
import Testing

@testable import Datasets

@Suite struct LintTests {
    @Test(arguments: [1, 3]) func findsNothingInAWellMadeDataset(channels: Int) throws {
        let bench = LintBench(channels: channels)
        bench.fill(.train, 40)
        bench.fill(.evaluation, 10)
        bench.fill(.test, 10)
        let result = try bench.check()
        #expect(result.findings == [])
        #expect(result.leftOutOfTraining == [])
    }

    @Test func anEmptyDatasetHasOnlySmallClasses() throws {
        let bench = LintBench()
        bench.add("train/x.png", bench.picture(seed: 1))
        #expect(try bench.check().kinds == [.smallClass])
    }

    @Test func leakageIsLeftOutOfTraining() throws {
        let bench = LintBench()
        bench.fill(.train, 30)
        bench.fill(.test, 5)
        let (a, b) = (bench.picture(seed: 70_001), bench.picture(seed: 70_002))
        bench.add("train/ant/z2.png", in: .train, a)
        bench.add("train/ant/z1.png", in: .train, a)
        bench.add("test/ant/copy.png", in: .test, a)
        bench.add("eval/bee/copy.png", label: 1, in: .evaluation, b)
        bench.add("train/bee/z.png", label: 1, in: .train, b)
        let result = try bench.check()
        #expect(result.kinds == [.leakage])
        let finding = try #require(result.finding(.leakage))
        #expect(finding.count == 3 && finding.severity == .warning)
        #expect(
            finding.examples == ["train/bee/z.png = eval/bee/copy.png", "train/ant/z1.png = test/ant/copy.png"])
        #expect(finding.message.contains("3 training images have"))
        #expect(result.leftOutOfTraining == [105, 106, 109])
    }

    @Test func evaluationAndTestMayShareButAreNotTrainedOn() throws {
        let bench = LintBench()
        bench.fill(.train, 30)
        let a = bench.picture(seed: 70_001)
        bench.add("eval/ant/a.png", in: .evaluation, a)
        bench.add("test/ant/a.png", in: .test, a)
        let result = try bench.check()
        #expect(result.findings == [] && result.leftOutOfTraining == [])
    }

    @Test func conflictsAreLeftOutOfTraining() throws {
        let bench = LintBench()
        bench.fill(.train, 30)
        bench.fill(.test, 5)
        let (a, b) = (bench.picture(seed: 70_001), bench.picture(seed: 70_002))
        bench.add("train/ant/a.png", label: 0, a)
        bench.add("train/ant/b.png", label: 0, a)
        bench.add("train/cat/a.png", label: 2, a)
        bench.add("test/ant/u.png", label: 0, in: .test, b)
        bench.add("test/bee/u.png", label: 1, in: .test, b)
        let result = try bench.check()
        #expect(result.kinds == [.conflictingLabels])
        let finding = try #require(result.finding(.conflictingLabels))
        #expect(finding.count == 5 && finding.severity == .warning)
        #expect(finding.examples == ["test/ant/u.png = test/bee/u.png", "train/ant/a.png = train/cat/a.png"])
        #expect(finding.message.contains("3 training images of them were left out"))
        #expect(result.leftOutOfTraining == [105, 106, 107])
    }

    @Test func duplicatesInASplitAreKept() throws {
        let bench = LintBench()
        bench.fill(.train, 30)
        let a = bench.picture(seed: 70_001)
        for name in ["a", "b", "c"] { bench.add("train/ant/\(name).png", a) }
        let result = try bench.check()
        #expect(result.kinds == [.exactDuplicates])
        let finding = try #require(result.finding(.exactDuplicates))
        #expect(finding.count == 2 && finding.severity == .note)
        #expect(finding.examples == ["train/ant/a.png = train/ant/b.png"])
        #expect(result.leftOutOfTraining == [])
    }

    @Test func nearDuplicatesAndNearLeakageAreReported() throws {
        let bench = LintBench()
        bench.fill(.train, 30)
        bench.fill(.test, 5)
        let (a, b) = (bench.picture(seed: 70_001), bench.picture(seed: 70_002))
        bench.add("train/ant/a.png", a)
        bench.add("train/ant/b.png", bench.touched(a))
        bench.add("train/bee/b.png", label: 1, b)
        bench.add("test/bee/b.png", label: 1, in: .test, bench.touched(b))
        let result = try bench.check()
        #expect(result.kinds == [.nearDuplicates, .nearLeakage])
        #expect(result.finding(.nearDuplicates)?.examples == ["train/ant/a.png = train/ant/b.png"])
        #expect(result.finding(.nearDuplicates)?.count == 1)
        #expect(result.finding(.nearLeakage)?.examples == ["train/bee/b.png = test/bee/b.png"])
        #expect(result.finding(.nearLeakage)?.severity == .warning)
        #expect(result.leftOutOfTraining == [])
    }

    @Test func unlabelledImagesNearlyThoseToJudgeByAreReported() throws {
        let bench = LintBench()
        bench.fill(.train, 10)
        bench.fill(.evaluation, 5)
        let (a, b) = (bench.picture(seed: 70_001), bench.picture(seed: 70_002))
        bench.add("unlabelled/a.png", label: -1, a)
        bench.add("evaluation/ant/a.png", in: .evaluation, bench.touched(a))
        // Among themselves they may be as alike as they like.
        bench.add("unlabelled/b.png", label: -1, b)
        bench.add("unlabelled/c.png", label: -1, bench.touched(b))
        let findings = try bench.checkUnlabelled()
        #expect(findings.map(\.kind) == [.nearLeakage])
        #expect(findings.first?.examples == ["unlabelled/a.png = evaluation/ant/a.png"])
        #expect(findings.first?.message.contains("an image without a label") == true)
    }

    /// Smooth pictures share their hash, though they have nothing in common.
    @Test func smoothPicturesGiveNoFalseAlarms() throws {
        let bench = LintBench(channels: 1)
        bench.fill(.train, 30)
        var random = CounterRandom(seed: 3, stream: 1)
        for i in 0..<60 {
            // A sky: one gradient, its own noise.
            let slope = random.between(0.8, 1.2)
            let sky = (0..<576).map { at in UInt8(150 - Float(at / 24) * slope + 2 * random.bell()) }
            bench.add("train/ant/sky\(i).png", sky)
            // A scratch on paper, each elsewhere.
            var paper = [UInt8](repeating: 250, count: 576)
            for x in 0..<6 { paper[(2 + i % 20) * 24 + x + i / 20 * 6] = 20 }
            bench.add("train/bee/paper\(i).png", label: 1, paper)
        }
        let result = try bench.check()
        #expect(result.findings == [])
    }

    @Test func constantImagesAreNamed() throws {
        let bench = LintBench()
        bench.fill(.train, 30)
        bench.add("train/ant/gray.png", [UInt8](repeating: 7, count: 24 * 24 * 3))
        bench.add("train/ant/red.png", (0..<24 * 24).flatMap { _ in [200, 0, 0] as [UInt8] })
        let result = try bench.check()
        #expect(result.kinds == [.constant])
        #expect(result.finding(.constant)?.examples == ["train/ant/gray.png", "train/ant/red.png"])
    }

    @Test func smallAndUnbalancedClasses() throws {
        let bench = LintBench()
        for i in 0..<100 { bench.add("train/ant/\(i).png", label: 0, bench.picture(seed: UInt64(i))) }
        for i in 0..<19 { bench.add("train/bee/\(i).png", label: 1, bench.picture(seed: UInt64(1000 + i))) }
        for i in 0..<20 { bench.add("train/cat/\(i).png", label: 2, bench.picture(seed: UInt64(2000 + i))) }
        let result = try bench.check()
        #expect(result.kinds == [.smallClass, .unbalanced])
        #expect(result.finding(.smallClass)?.examples == ["bee"])
        #expect(result.finding(.smallClass)?.severity == .warning)
        #expect(result.finding(.unbalanced)?.examples == ["ant", "bee"])
        #expect(result.finding(.unbalanced)?.message.contains("5 times as many") == true)
    }

    /// What is left out does not count as training images.
    @Test func classesAreCountedAfterLeavingOut() throws {
        let bench = LintBench()
        bench.fill(.train, 19)
        for label in bench.classes.indices {
            let same = bench.picture(seed: UInt64(90_000 + label))
            bench.add("train/\(label).png", label: Int32(label), same)
            if label == 1 { bench.add("test/\(label).png", label: Int32(label), in: .test, same) }
        }
        #expect(try bench.check().finding(.smallClass)?.examples == ["bee"])
    }

    @Test func orderOfTheInputChangesNothing() throws {
        let (forward, backward) = (LintBench(), LintBench())
        var images: [(String, Split, [UInt8])] = []
        for i in 0..<40 {
            let picture = forward.picture(seed: UInt64(i / 2))
            images.append(("ä\(i)", i % 5 == 0 ? .test : .train, i % 4 == 1 ? forward.touched(picture) : picture))
        }
        for (path, split, pixels) in images { forward.add(path, in: split, pixels) }
        for (path, split, pixels) in images.reversed() { backward.add(path, in: split, pixels) }
        let (a, b) = (try forward.check(), try backward.check())
        #expect(a.findings == b.findings)
        #expect(a.leftOutOfTraining == b.leftOutOfTraining.map { 39 - $0 }.sorted())
        #expect(a.kinds.contains(.leakage) && a.kinds.contains(.nearLeakage) && a.kinds.contains(.nearDuplicates))
    }

    /// Against all pairs, compared one by one.
    @Test func hashPairsAreAllFound() {
        var random = CounterRandom(seed: 5, stream: 2)
        var hashes = (0..<300).map { _ in random.next() }
        for i in 0..<300 {
            var hash = hashes[i]
            for _ in 0..<random.index(below: 9) { hash ^= 1 << UInt64(random.index(below: 64)) }
            hashes.append(hash)
        }
        var found: [[Int]] = []
        NearHashes.forEachPair(hashes, pool: ThreadPool(threads: 2)) { found.append([$0, $1]) }
        var expected = Set<[Int]>()
        for a in hashes.indices {
            for b in a + 1..<hashes.count where (hashes[a] ^ hashes[b]).nonzeroBitCount <= NearHashes.distance {
                expected.insert([a, b])
            }
        }
        #expect(expected.count > 100 && expected.count < 300)
        #expect(Set(found) == expected)
        #expect(found.count == expected.count, "a pair was found twice")
    }

    @Test func lookalikesByTheThousandStayCheap() {
        let hashes = [UInt64](repeating: 0x0F0F, count: 20_000)
        var count = 0
        NearHashes.forEachPair(hashes, pool: ThreadPool(threads: 2)) { _, _ in count += 1 }
        #expect(count <= 20_000 * NearHashes.window)
        #expect(count > 20_000 * NearHashes.window / 2)
    }
}
