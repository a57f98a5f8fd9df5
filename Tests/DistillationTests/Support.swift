import Compute
import Distillation
import Foundation
import Manifests
import Networks

/// Whether two buffers hold the same bytes.
func isSame(_ a: ParameterBuffer, _ b: ParameterBuffer) -> Bool {
    a.count == b.count && memcmp(a.base, b.base, a.count * 4) == 0
}

/// Whether two trainings came to the same, but for their times.
func isSame(_ a: TrainingOutcome, _ b: TrainingOutcome) -> Bool {
    func withoutTimes(_ record: EpochRecord) -> EpochRecord {
        var record = record
        record.seconds = 0
        record.imagesPerSecond = 0
        return record
    }
    return isSame(a.best, b.best) && isSame(a.last, b.last) && a.bestEpoch == b.bestEpoch
        && a.records.map(withoutTimes) == b.records.map(withoutTimes)
}

/// A teacher's network, where it was trained here.
func network(_ teacher: Teacher) -> TrainedNetwork? {
    guard case .trained(let network) = teacher.network else { return nil }
    return network
}

/// A folder that goes away with the value.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("distilld-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var names: [String] { Self.names(in: path) }

    static func names(in path: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: path).sorted()) ?? []
    }
}

/// Small images of stripes: the class is their direction, and place, width, colours and noise are random.
enum Stripes {
    static let side = 10
    static let classes = 3

    /// - Parameter shift: added to every label, round the circle: 1 and 2 make all of them wrong.
    static func images(_ count: Int, seed: UInt64, noise: Float = 60, shift: Int32 = 0) -> ImageSet {
        var labels: [Int32] = []
        var pixels: [UInt8] = []
        for i in 0..<count {
            var random = CounterRandom(seed: seed, stream: 77, UInt32(i))
            let label = i % classes
            let period = 3 + random.index(below: 3)
            let phase = random.index(below: period)
            let dark = (0..<3).map { _ in 80 * random.uniform() }
            let light = (0..<3).map { _ in 170 + 80 * random.uniform() }
            for y in 0..<side {
                for x in 0..<side {
                    let along = label == 0 ? y : label == 1 ? x : x + y
                    let isLight = (along + phase) % period < period / 2 + 1
                    for c in 0..<3 {
                        let value = (isLight ? light : dark)[c] + noise * (random.uniform() - 0.5)
                        pixels.append(UInt8(min(max(value, 0), 255)))
                    }
                }
            }
            labels.append((Int32(label) + shift) % Int32(classes))
        }
        return ImageSet(labels: labels, pixels: pixels)
    }

    static func data(train: Int = 120, evaluation: Int = 60, noise: Float = 60, shift: Int32 = 0) -> TrainingData {
        TrainingData(
            height: side, width: side, channels: 3, classes: classes, mean: [0.5, 0.5, 0.5], std: [0.3, 0.3, 0.3],
            train: images(train, seed: 1, noise: noise, shift: shift),
            evaluation: images(evaluation, seed: 2, noise: noise, shift: shift),
            contentHash: "stripes")
    }

    /// Two convolutions with batch norm.
    static func network(channels: Int = 8, dropout: Float = 0, side: Int = side) throws -> Graph {
        var builder = try GraphBuilder(input: Graph.Shape(height: side, width: side, channels: 3))
        var node = builder.input
        for (i, stride) in [1, 2].enumerated() {
            node = try builder.convolution(node, "conv\(i)", outputs: channels * (i + 1), kernel: 3, stride: stride)
            node = try builder.batchNorm(node, "norm\(i)")
            node = try builder.append(.relu, [node], "relu\(i)")
        }
        node = try builder.append(.globalAveragePool, [node], "pool")
        if dropout > 0 { node = try builder.append(.dropout(rate: dropout), [node], "dropout") }
        try builder.append(.linear(outputs: classes), [node], "fc")
        return builder.graph()
    }

    /// A network that knows the stripes, or has learned their labels shifted.
    static func taught(shift: Int32 = 0, channels: Int = 8) throws -> TrainedNetwork {
        let graph = try network(channels: channels)
        let folder = try TemporaryFolder()
        let outcome = try runTraining(
            TrainingSpec(batch: 16, learningRate: 0.1, augment: AugmentSpec.none), epochs: 8,
            data: data(train: 180, evaluation: 90, shift: shift), store: CheckpointStore(directory: folder.path),
            graph: graph, stage: .teacher, seed: 7)
        return TrainedNetwork(graph: graph, parameters: outcome.best)
    }

    /// The mean colour and a linear layer: no norm that would keep values in bounds.
    static func linear() throws -> Graph {
        var builder = try GraphBuilder(input: Graph.Shape(height: side, width: side, channels: 3))
        let pool = try builder.append(.globalAveragePool, [builder.input], "pool")
        try builder.append(.linear(outputs: classes), [pool], "fc")
        return builder.graph()
    }
}
