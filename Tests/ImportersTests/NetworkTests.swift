import Compute
import Foundation
import Testing

@testable import Importers

/// Whole networks: the trained teachers, and networks that Goldens/export_networks.py has made.
struct NetworkTests {
    /// The trained CIFAR-10 teachers answer as ONNX Runtime said when they were made: checked through the reference.
    @Test(
        .enabled(if: SharedData.has("teachers"), "needs ../shared/data/teachers"),
        arguments: ["resnet8-cifar10", "resnet20-cifar10"])
    func teachersGiveWhatTheReferenceGives(_ name: String) throws {
        let url = SharedData.url("teachers/\(name).onnx")
        let model = try ImportedModel(contentsOf: url.path, displayName: name)
        #expect((model.height, model.width, model.channels, model.classes) == (32, 32, 3, 10))
        var random = CounterRandom(seed: 1, stream: 1)
        let values = (0..<2 * 3072).map { _ in 4 * random.uniform() - 2 }
        let found = Goldens.logits(model, Goldens.channelsLast(values, model))
        let whole = try ONNXModel(decoding: try Data(contentsOf: url), file: name)
        var expected: [Float] = []
        for image in 0..<2 {
            let part = Array(values[image * 3072..<(image + 1) * 3072])
            expected += try ReferenceEvaluator(model: whole).run([
                "image": Tensor(.float, [1, 3, 32, 32], .float(part))
            ])[0].floats
        }
        #expect(Goldens.difference(found, expected) < 1e-4)
    }

    /// As their students do, teachers may round what they multiply: little changes, and no image hangs on the others.
    @Test(.enabled(if: SharedData.has("teachers"), "needs ../shared/data/teachers"))
    func teachersAnswerInHalfPrecision() throws {
        let model = try ImportedModel(contentsOf: SharedData.url("teachers/resnet20-cifar10.onnx").path)
        var random = CounterRandom(seed: 2, stream: 1)
        let values = (0..<5 * 3072).map { _ in 2 * random.uniform() - 1 }
        func logits(_ precision: Precision, batch: Int, threads: Int) -> [Float] {
            let network = ImportedNetwork(
                model, maximumBatch: batch, precision: precision, pool: ThreadPool(threads: threads))
            return stride(from: 0, to: 5, by: batch).flatMap { first in
                let count = min(batch, 5 - first)
                for i in 0..<count * 3072 { network.input[i] = values[first * 3072 + i] }
                network.forward(count: count)
                return Array(UnsafeBufferPointer(start: network.logits, count: count * 10))
            }
        }
        let (whole, half) = (logits(.fp32, batch: 5, threads: 1), logits(.bf16, batch: 5, threads: 1))
        let largest = whole.map(abs).max() ?? 0
        let difference = zip(whole, half).map { abs($0 - $1) }.max() ?? 0
        #expect(difference > 0 && difference < 0.05 * largest, "\(difference) of \(largest)")
        #expect(logits(.bf16, batch: 2, threads: 2) == half)
    }

    /// Random classifiers with odd attributes and shapes: Goldens/fuzz_networks.py.
    @Test(.enabled(if: Judge.isThere, "needs DISTILLD_PYTHON with onnx and onnxruntime"))
    func randomNetworksGiveWhatONNXRuntimeGives() throws {
        let folder = try TemporaryFolder()
        let count = Judge.count(of: "NETWORKS", usually: 120)
        print(try Judge.run("fuzz_networks.py", [folder.url.path, "\(count)", "\(Judge.seed)"]))
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.path).filter {
            $0.hasSuffix(".onnx")
        }
        for name in names.sorted() {
            let path = folder.url.appendingPathComponent(name).deletingPathExtension().path
            let model = try ImportedModel(contentsOf: path + ".onnx", displayName: name)
            let images = Goldens.channelsLast(try Goldens.floats(at: path + ".input"), model)
            let expected = try Goldens.floats(at: path + ".output")
            #expect(Goldens.difference(Goldens.logits(model, images), expected) <= 1e-3, "\(name)")
        }
        #expect(names.count > count * 4 / 5)
    }

    private static let folder = ProcessInfo.processInfo.environment["DISTILLD_NETWORKS"]

    /// Networks of torchvision in the folder that DISTILLD_NETWORKS names: logits and time.
    @Test(
        .enabled(
            if: folder != nil,
            "needs DISTILLD_NETWORKS: a folder that Tests/ImportersTests/Goldens/export_networks.py has filled"))
    func networksGiveWhatONNXRuntimeGives() throws {
        let folder = URL(fileURLWithPath: try #require(Self.folder))
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".onnx") }
        #expect(!names.isEmpty)
        for name in names.map({ String($0.dropLast(5)) }).sorted() {
            func floats(_ suffix: String) throws -> [Float] {
                try Goldens.floats(at: folder.appendingPathComponent(name + suffix).path)
            }
            let clock = ContinuousClock()
            let begun = clock.now
            let model = try ImportedModel(contentsOf: folder.appendingPathComponent(name + ".onnx").path)
            let planned = clock.now - begun
            let images = Goldens.channelsLast(try floats(".input"), model)
            let expected = try floats(".output")
            let size = model.height * model.width * model.channels
            let count = images.count / size
            let environment = ProcessInfo.processInfo.environment
            func number(_ name: String, _ value: Int) -> Int { environment[name].flatMap { Int($0) } ?? value }
            let network = ImportedNetwork(
                model, maximumBatch: count, pool: ThreadPool(threads: number("DISTILLD_THREADS", 2)),
                block: environment["DISTILLD_BLOCK"].flatMap { Int($0) })
            for (i, value) in images.enumerated() { network.input[i] = value }
            network.forward(count: count)
            let found = Array(UnsafeBufferPointer(start: network.logits, count: expected.count))
            let difference = Goldens.difference(found, expected)
            #expect(difference <= 1e-3, "\(name)")
            var (best, cpu) = (Duration.seconds(1000), Double.infinity)
            for _ in 0..<3 {
                let begun = processorTime()
                best = min(best, clock.measure { network.forward(count: count) })
                cpu = min(cpu, processorTime() - begun)
            }
            print(
                "\(name): off by \(difference), \(count) images in \(best) (\(cpu) s of CPU), planned in \(planned), "
                    + "\(network.memoryBytes >> 20) MiB, \(model.plan.steps.count) steps, \(network.block) a block")
            if environment["DISTILLD_PROFILE"] != nil { profile(network, model) }
        }
    }

    /// Prints the slowest steps of one block of images.
    private func profile(_ network: ImportedNetwork, _ model: ImportedModel) {
        let memory = network.workspaces[0]
        memory.setInput(network.input)
        let clock = ContinuousClock()
        let times = zip(network.steps, model.plan.steps).map { step, planned in
            (clock.measure { step.run(memory, count: network.block) }, planned)
        }
        for (time, step) in times.sorted(by: { $0.0 > $1.0 }).prefix(20) {
            var kind = "\(step.kind)".prefix { $0 != "(" }.description
            if case .convolution(let planned, _) = step.kind {
                let g = planned.geometry
                let products = Double(g.outputCount * g.depth * network.block)
                let rate = products / Double(time.components.attoseconds) * 1e9
                kind += " \(g.height)x\(g.width)x\(g.channels)->\(g.outputs) k\(g.kernelHeight) s\(g.stride) "
                kind += "g\(g.groups): \(rate) G/s"
            }
            print("  \(time) \(step.name) \(kind)")
        }
    }

    /// Seconds that all threads of this process have computed.
    private func processorTime() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
