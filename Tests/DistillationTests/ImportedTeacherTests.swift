import Compute
import Distillation
import Exporters
import Foundation
import Importers
import Manifests
import Networks
import Testing

/// Teachers from ONNX files: a network of ours goes out through the exporter and comes back through the importer.
struct ImportedTeacherTests {
    private let folder: TemporaryFolder
    private let pool = ThreadPool(threads: 2)
    private static let names = ["rows", "columns", "diagonals"]

    init() throws { folder = try TemporaryFolder() }

    private func export(
        _ network: TrainedNetwork, classes: [String] = names, file: String = "teacher.onnx", givingStages: Bool = false
    ) throws -> ImportedModel {
        let input = network.graph.input
        let preprocessing = Preprocessing(
            width: input.width, height: input.height, channels: 3, fit: .stretch, background: "#000000",
            mean: [0.5, 0.5, 0.5], std: [0.3, 0.3, 0.3])
        let bytes = try ONNXExporter.export(
            graph: network.graph, parameters: network.parameters,
            metadata: ModelMetadata(name: "teacher", classes: classes, preprocessing: preprocessing),
            producerVersion: "test")
        let path = folder.path + "/" + file
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        if givingStages { return try ImportedModel.givingStages(contentsOf: path, displayName: file) }
        return try ImportedModel(contentsOf: path, displayName: file)
    }

    /// Found by stage and resolution, a file's activations teach what those of the network in it do.
    @Test(arguments: FeatureSpec.Method.allCases) func activationsTeachTheSameFromAFile(
        method: FeatureSpec.Method
    ) throws {
        let network = try Stripes.taught()
        let model = try export(network, givingStages: true)
        #expect(model.featureShapes == [[10, 10, 8], [5, 5, 16], [16]])
        #expect(model.contentHash == (try export(network)).contentHash)
        let plain = TeacherPreprocessing(
            name: "x", explanation: "x", scale: 1 / 255, mean: [0.5, 0.5, 0.5], std: [0.3, 0.3, 0.3])
        func learn(_ teacher: Teacher, _ name: String) throws -> TrainingOutcome {
            try runTraining(
                TrainingSpec(batch: 16, learningRate: 0.05), epochs: 2, data: Stripes.data(train: 70, evaluation: 31),
                store: CheckpointStore(directory: folder.path + "/" + name), graph: Stripes.network(channels: 6),
                teachers: [teacher], distillation: DistillationSpec(alpha: 0, features: [FeatureSpec(method)]))
        }
        let file = try learn(Teacher(model, preprocessing: plain), "file").records
        let own = try learn(Teacher(network), "own").records
        for (a, b) in zip(file, own) {
            let (found, expected) = (try #require(a.teaching?.featureLoss), try #require(b.teaching?.featureLoss))
            #expect(abs(found - expected) < 1e-2 * expected)
        }
    }

    private static func network(side: Int = Stripes.side, channels: Int = 8, seed: UInt64 = 99) throws -> TrainedNetwork
    {
        let graph = try Stripes.network(channels: channels, side: side)
        return TrainedNetwork(graph: graph, parameters: .initialized(for: graph, seed: seed))
    }

    /// The same images, size for size and class for class, give the same answers by both ways.
    @Test(arguments: [10, 16, 7])
    func saysWhatTheNetworkSays(side: Int) throws {
        let data = Stripes.data(train: 10, evaluation: 150)
        let network = try Self.network(side: side)
        let model = try export(network)
        let stated = try #require(model.statedPreprocessing)
        #expect(model.classNames == Self.names && stated.mean == [0.5, 0.5, 0.5] && stated.scale == Float(1.0 / 255))
        let (own, imported) = (
            try HeldOutAnswers(asking: Teacher(network, classMap: [2, 0, 1]), about: data, pool: pool),
            try HeldOutAnswers(
                asking: Teacher(model, preprocessing: stated, classMap: [2, 0, 1]), about: data, pool: pool)
        )
        let largest = own.logits.map(abs).max() ?? 0
        #expect(largest > 0.01)
        #expect(zip(own.logits, imported.logits).allSatisfy { abs($0 - $1) <= 1e-4 * largest })
    }

    /// Blue first, against a network whose input channels were swapped by hand.
    @Test func takesBlueFirst() throws {
        let data = Stripes.data(train: 10, evaluation: 40)
        let network = try Self.network()
        let swapped = TrainedNetwork(graph: network.graph, parameters: .initialized(for: network.graph, seed: 99))
        // O,H,W,I
        let weight = try #require(network.graph.parameters.first)
        let values = swapped.parameters[weight]
        for i in stride(from: 0, to: weight.count, by: 3) { (values[i], values[i + 2]) = (values[i + 2], values[i]) }
        let plain = TeacherPreprocessing(
            name: "x", explanation: "x", scale: 1 / 255, mean: [0.3, 0.4, 0.5], std: [0.2, 0.25, 0.3])
        let model = try export(network)
        let other = try export(swapped, file: "swapped.onnx")
        let (a, b, c) = (
            try HeldOutAnswers(asking: Teacher(model, preprocessing: plain), about: data, pool: pool),
            try HeldOutAnswers(asking: Teacher(other, preprocessing: plain.reversed), about: data, pool: pool),
            try HeldOutAnswers(asking: Teacher(model, preprocessing: plain.reversed), about: data, pool: pool)
        )
        #expect(zip(a.logits, b.logits).allSatisfy { abs($0 - $1) < 1e-4 })
        #expect(zip(a.logits, c.logits).contains { abs($0 - $1) > 1e-3 })
    }

    @Test func itsPreprocessingAndClassesAreFound() throws {
        let data = Stripes.data(train: 10, evaluation: 90)
        let taught = try Stripes.taught(shift: 1)
        let model = try export(taught, classes: ["2", "0", "1"])
        // Its labels were shifted by one: its output 1 is class 0.
        let found = try VettedModel(
            model, preprocessing: nil, classes: Self.names, names: nil, data: data, pool: pool)
        #expect(found.teacher.classMap == [1, 2, 0])
        #expect(found.result.best.match.origin == .answers && found.result.verdict.contains("another order"))
        let exam = TeacherExam(try HeldOutAnswers(asking: found.teacher, about: data, pool: pool))
        #expect(exam.accuracy > 0.85)
        let named = try VettedModel(
            model, preprocessing: nil, classes: Self.names, names: ["diagonals", "rows", "columns"], data: data,
            pool: pool)
        #expect(named.teacher.classMap == [1, 2, 0] && named.result.best.match.origin == .names)
        // Bytes of 0 to 255 are far from what it knows.
        let bytes = try #require(TeacherPreprocessing.named("bytes"))
        let wrong = try VettedModel(
            model, preprocessing: bytes, classes: Self.names, names: ["diagonals", "rows", "columns"], data: data,
            pool: pool)
        #expect(!wrong.result.isGood && wrong.result.verdict.contains("set preprocess: "))
        #expect(wrong.result.best.accuracy > wrong.result.trials[0].accuracy + 0.2)
    }

    @Test func oneOfOtherClassesIsRefused() throws {
        let data = TrainingData(
            height: 10, width: 10, channels: 3, classes: 4, mean: [0.5, 0.5, 0.5], std: [0.3, 0.3, 0.3],
            train: Stripes.images(10, seed: 1), evaluation: Stripes.images(10, seed: 2), contentHash: "four")
        let model = try export(Self.network())
        let error = try #require(throws: JobFailure.self) {
            try VettedModel(model, preprocessing: nil, classes: ["a", "b", "c", "d"], data: data, pool: pool)
        }
        #expect(error.code == "teacher.unfit" && error.location == "teacher.onnx" && error.what.contains("3 outputs"))
    }

    /// Stopped and gone on with, a training ends in the same bytes; with another file it does not go on.
    @Test func trainingGoesOnWithTheSameFileAlone() throws {
        func run(
            _ file: String, seed: UInt64, _ store: CheckpointStore, threads: Int = 1, stopAfter: Int? = nil
        ) throws -> TrainingOutcome {
            let model = try export(Self.network(side: 16, seed: seed), file: file)
            let stated = try #require(model.statedPreprocessing)
            return try runTraining(
                TrainingSpec(batch: 16, learningRate: 0.05), epochs: 3, data: Stripes.data(train: 70, evaluation: 31),
                store: store, teachers: [Teacher(model, preprocessing: stated)], threads: threads,
                stopAfter: stopAfter)
        }
        func store(_ name: String) throws -> CheckpointStore {
            try CheckpointStore(directory: folder.path + "/" + name)
        }
        let whole = try run("a.onnx", seed: 1, store("whole"))
        let broken = try store("broken")
        #expect(throws: Suspended.self) { try run("a.onnx", seed: 1, broken, stopAfter: 7) }
        #expect(isSame(try run("a.onnx", seed: 1, broken, threads: 3), whole))
        let other = try run("b.onnx", seed: 2, store("other"))
        #expect(!isSame(other, whole))
        let changed = try store("changed")
        #expect(throws: Suspended.self) { try run("a.onnx", seed: 1, changed, stopAfter: 7) }
        #expect(isSame(try run("a.onnx", seed: 2, changed), other))
    }
}
