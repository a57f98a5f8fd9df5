import Compute
import Manifests

/// Makes a dataset of decoded images: labels, splits, checks, statistics.
struct DatasetAssembly {
    private static let shownBroken = 10

    private let request: DatasetRequest
    private let images: DecodedImages
    private let layout: Layout
    private let plan: SplitPlan
    private let leftOut: [LeftOutFile]

    init(_ request: DatasetRequest, _ images: DecodedImages) throws(DatasetError) {
        self.request = request
        self.images = images
        layout = try Layout.find(images.content.inventory, path: request.path)
        plan = SplitPlan(layout, request.split, seed: request.seed)
        let failures = images.content.table.failures
        var broken = images.content.inventory.unusable + layout.missing
        for image in layout.images + layout.unlabelled {
            if let reason = failures[image.row] { broken.append(LeftOutFile(path: image.path, reason: reason)) }
        }
        leftOut = broken.sorted { $0.path.precedes($1.path) }
    }

    func dataset(pool: ThreadPool) throws(DatasetError) -> Dataset {
        let total = try checkedTotal()
        let usable = inputs(zip(layout.images, plan.splits))
        let settings = images.settings
        let pixels = settings.width * settings.height
        let lint = Lint.check(
            images: usable, classes: layout.classes, store: images.store, pixels: pixels, channels: settings.channels,
            pool: pool)
        var isKept = [Bool](repeating: true, count: usable.count)
        for i in lint.leftOutOfTraining { isKept[i] = false }
        // Only training images are ever left out by a check.
        let kept = usable.indices.filter { isKept[$0] || usable[$0].split != .train }.map { usable[$0] }
        try checkSplits(kept)
        let train = kept.filter { $0.split == .train }
        let held = kept.filter { $0.split != .train }
        let unlabelled = unlabelled(apartFrom: held)
        let near = Lint.check(
            unlabelled: unlabelled, apartFrom: held, classes: layout.classes, store: images.store, pixels: pixels,
            channels: settings.channels, pool: pool)
        let (mean, std) = Self.statistics(train, pixels: pixels, channels: settings.channels)
        return Dataset(
            classes: layout.classes, width: settings.width, height: settings.height, channels: settings.channels,
            train: labeled(train), evaluation: labeled(kept.filter { $0.split == .evaluation }),
            test: labeled(kept.filter { $0.split == .test }), unlabelled: labeled(unlabelled),
            isWithoutLabels: layout.isWithoutLabels, lint: lint.findings + near, leftOut: leftOut,
            contentHash: images.key,
            notes: notes(leftOutOfTraining: usable.count - kept.count, unlabelled: unlabelled.count), mean: mean,
            std: std,
            fromCache: images.fromCache, totalFiles: total)
    }

    /// Labelled images, with those that cannot be used.
    private func checkedTotal() throws(DatasetError) -> Int {
        let unusable = images.content.inventory.unusable.count + layout.missing.count
        let total = layout.images.count + layout.unlabelled.count + unusable
        let details = leftOut.prefix(Self.shownBroken).map { "\($0.path): \($0.reason)" }
        guard leftOut.count - unusable < layout.images.count + layout.unlabelled.count else {
            let none = DatasetError.noneDecodes(request.path)
            throw DatasetError(none.code, none.what, at: none.location, fix: none.fix, details: details)
        }
        guard Double(leftOut.count) <= request.maxCorrupt * Double(total) else {
            throw DatasetError(
                "dataset.tooCorrupt",
                "\(leftOut.count.grouped) of \(total.of("file")) cannot be used, more than the share of "
                    + "\(request.maxCorrupt) that `maxCorrupt` allows", at: request.path,
                fix: "repair or remove these files, or raise `maxCorrupt` in the manifest", details: details)
        }
        return total
    }

    /// Those that could be decoded.
    private func inputs(_ found: some Sequence<(Layout.Image, Split)>) -> [LintInput] {
        let table = images.content.table
        var usable: [LintInput] = []
        usable.reserveCapacity(layout.images.count)
        for (image, split) in found where table.failures[image.row] == nil {
            usable.append(
                LintInput(
                    path: image.path, label: image.label, split: split, row: image.row,
                    record: table.records[Int(image.row)]))
        }
        return usable
    }

    /// What is not also an image to judge the networks by: nobody may learn from those, from whomever.
    private func unlabelled(apartFrom held: [LintInput]) -> [LintInput] {
        let found = inputs(layout.unlabelled.lazy.map { ($0, .train) })
        let hashes = Set(held.map(\.record.hash))
        return found.filter { !hashes.contains($0.record.hash) }
    }

    private func checkSplits(_ kept: [LintInput]) throws(DatasetError) {
        var training = [Int](repeating: 0, count: layout.classes.count)
        for image in kept where image.split == .train { training[Int(image.label)] += 1 }
        let without = training.indices.filter { training[$0] == 0 }.map { layout.classes[$0] }
        guard without.isEmpty else {
            let names =
                without.prefix(10).map { "`\($0)`" }.joined(separator: ", ") + (without.count > 10 ? ", ..." : "")
            let isCase = without.contains { name in
                layout.classes.contains { $0 != name && $0.lowercased() == name.lowercased() }
            }
            throw DatasetError(
                "dataset.classes",
                "\(without.count.of("class has", "classes have")) no training images that can be used: \(names)",
                at: request.path,
                fix: isCase
                    ? "capitals tell classes apart: name the class alike in all splits"
                    : "add training images of the class, or remove its evaluation and test images",
                details: leftOut.prefix(Self.shownBroken).map { "\($0.path): \($0.reason)" })
        }
        guard kept.contains(where: { $0.split != .train }) else {
            throw DatasetError(
                "dataset.split",
                "no images are left to judge the networks by: all \(kept.count.of("image")) are for training",
                at: request.path,
                fix: "add images, or let `split.evaluation` or `split.test` in the manifest take a larger share")
        }
    }

    private func labeled(_ images: [LintInput]) -> LabeledImages {
        LabeledImages(
            labels: images.map(\.label), paths: images.map(\.path), rows: images.map(\.row), store: self.images.store)
    }

    private func notes(leftOutOfTraining count: Int, unlabelled: Int) -> [String] {
        var notes = images.content.inventory.notes + images.notes + layout.notes + plan.notes
        if let note = images.choice?.note(for: request.input) { notes.append(note) }
        if unlabelled > 0 {
            notes.append(
                "\(unlabelled.of("image has", "images have")) no label: the student learns what its teachers say of them"
            )
        }
        let broken = layout.unlabelled.count { images.content.table.failures[$0.row] != nil }
        let held = layout.unlabelled.count - broken - unlabelled
        if held > 0 {
            notes.append(
                "\(held.of("image without a label is", "images without a label are")) left out: the same pixels are in "
                    + "evaluation or test")
        }
        if count > 0 {
            notes.append(
                "\(count.of("image is", "images are")) left out of training: the same pixels are in evaluation or test, "
                    + "or have another label too")
        }
        return notes
    }

    /// Of each channel, in 0...1 units, from exact integer sums: no order changes them.
    static func statistics(_ images: [LintInput], pixels: Int, channels: Int) -> (mean: [Float], std: [Float]) {
        var sums = SIMD4<UInt64>()
        // 2^64 / 255^2 is the pixels of 280 million images of 1,000 x 1,000.
        var squares = SIMD4<UInt64>()
        for image in images {
            sums &+= image.record.sums
            squares &+= image.record.squares
        }
        let count = Double(images.count) * Double(pixels)
        var (means, deviations) = ([Float](), [Float]())
        for channel in 0..<channels {
            let mean = Double(sums[channel]) / count
            let variance = max(0, Double(squares[channel]) / count - mean * mean)
            means.append(Float(mean / 255))
            deviations.append(Float(max(1, variance.squareRoot()) / 255))
        }
        return (means, deviations)
    }
}
