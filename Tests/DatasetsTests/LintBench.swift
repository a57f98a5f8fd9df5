import Compute
import Foundation

@testable import Datasets

/// Images made in a test, as the lint checks get them.
final class LintBench {
    static let side = 24
    let channels: Int
    private var images: [(path: String, label: Int32, split: Split, pixels: [UInt8])] = []
    let classes = ["ant", "bee", "cat"]

    init(channels: Int = 3) { self.channels = channels }

    func add(_ path: String, label: Int32 = 0, in split: Split = .train, _ pixels: [UInt8]) {
        precondition(pixels.count == Self.side * Self.side * channels)
        images.append((path, label, split, pixels))
    }

    /// `count` images for each class, all different.
    func fill(_ split: Split, _ count: Int, seed: UInt64 = 1) {
        for label in classes.indices {
            for i in 0..<count {
                let picture = picture(seed: seed &* 1000 &+ UInt64(label * 100_000 + i) &+ UInt64(split.rawValue) << 32)
                add("\(split)/\(classes[label])/\(1000 + i).png", label: Int32(label), in: split, picture)
            }
        }
    }

    func check() throws -> Lint.Result {
        let (inputs, store) = try stored()
        return Lint.check(
            images: inputs, classes: classes, store: store, pixels: Self.side * Self.side, channels: channels,
            pool: ThreadPool(threads: 2))
    }

    /// Training images are taken for such as have no label.
    func checkUnlabelled() throws -> [LintFinding] {
        let (inputs, store) = try stored()
        return Lint.check(
            unlabelled: inputs.filter { $0.split == .train }, apartFrom: inputs.filter { $0.split != .train },
            classes: classes, store: store, pixels: Self.side * Self.side, channels: channels,
            pool: ThreadPool(threads: 2))
    }

    private func stored() throws -> (inputs: [LintInput], store: PixelStore) {
        let size = Self.side
        let perceptual = PerceptualHash(width: size, height: size, channels: channels)
        let rowBytes = size * size * channels
        let offset = 4096
        var bytes = [UInt8](repeating: 0xEE, count: offset)
        var inputs: [LintInput] = []
        for (row, image) in images.enumerated() {
            bytes += image.pixels
            let record = image.pixels.withUnsafeBufferPointer {
                ImageRecord(pixels: $0, channels: channels, perceptual: perceptual)
            }
            inputs.append(
                LintInput(
                    path: image.path, label: image.label, split: image.split, row: Int32(row), record: record))
        }
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("lint-\(UUID().uuidString)")
        try Data(bytes).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let handle = try FileHandle(forReadingFrom: file)
        let store = try withExtendedLifetime(handle) {
            try PixelStore(
                descriptor: handle.fileDescriptor, offset: offset, rows: images.count, rowBytes: rowBytes)
        }
        return (inputs, store)
    }

    /// Blobs of some colours: a picture with structure, as different from another as photographs are.
    func picture(seed: UInt64) -> [UInt8] {
        var random = CounterRandom(seed: seed, stream: 77)
        let size = Self.side
        var values = [Float](repeating: 128, count: size * size * channels)
        for _ in 0..<12 {
            let (x, y, radius) = (random.between(0, 24), random.between(0, 24), random.between(2, 9))
            let color = (0..<channels).map { _ in random.between(-120, 120) }
            for row in 0..<size {
                for column in 0..<size {
                    let (dx, dy) = (Float(column) - x, Float(row) - y)
                    guard dx * dx + dy * dy < radius * radius else { continue }
                    for c in 0..<channels { values[(row * size + column) * channels + c] += color[c] }
                }
            }
        }
        return values.map { UInt8(min(max($0, 0), 255)) }
    }

    /// The same with noise of a few units, as of saving anew.
    func touched(_ pixels: [UInt8], by amount: Int = 3, seed: UInt64 = 9) -> [UInt8] {
        var random = CounterRandom(seed: seed, stream: 78)
        return pixels.map { UInt8(min(max(Int($0) + random.index(below: 2 * amount + 1) - amount, 0), 255)) }
    }
}

extension Lint.Result {
    func finding(_ kind: LintFinding.Kind) -> LintFinding? { findings.first { $0.kind == kind } }
    var kinds: [LintFinding.Kind] { findings.map(\.kind) }
}
