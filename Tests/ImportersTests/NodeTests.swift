import Foundation
import ONNXFormat
import Testing

@testable import Importers

/// The reference operators against ONNX Runtime and the ONNX standard's own node tests.
struct NodeTests {
    /// Tests of what is refused on purpose, by a part of their name, with a part of the message.
    private static let refused = [
        "convtranspose": "ConvTranspose is not supported", "split_to_sequence": "SplitToSequence is not supported",
        "identity_opt": "is no tensor", "identity_sequence": "is no tensor",
    ]

    /// Goldens/make_node_cases.py.
    @Test func operatorsGiveWhatONNXRuntimeGives() throws {
        let passed = try run(try Goldens.url("node-cases.tar.gz"))
        #expect(passed > 300)
    }

    private static let standard =
        ProcessInfo.processInfo.environment["DISTILLD_NODE_TESTS"].map { URL(fileURLWithPath: $0) }
        ?? SharedData.url("onnx-node-tests.tar.gz")

    @Test(
        .enabled(
            if: FileManager.default.fileExists(atPath: standard.path),
            "needs ../shared/data/onnx-node-tests.tar.gz, or in DISTILLD_NODE_TESTS another archive of them"))
    func theStandardsOwnTestsAgree() throws {
        let passed = try run(Self.standard)
        #expect(passed > 100)
    }

    /// Random nodes with odd attributes: Goldens/fuzz_node_cases.py.
    @Test(.enabled(if: Judge.isThere, "needs DISTILLD_PYTHON with onnx and onnxruntime"))
    func randomNodesGiveWhatONNXRuntimeGives() throws {
        let folder = try TemporaryFolder()
        let archive = folder.url.appendingPathComponent("cases.tar.gz")
        let count = Judge.count(of: "NODES", usually: 640)
        print(try Judge.run("fuzz_node_cases.py", [archive.path, "\(count)", "\(Judge.seed)"]))
        // ONNX Runtime computes in single precision, and refuses some.
        let passed = try run(archive, absolute: 1e-6)
        #expect(passed > count * 9 / 10)
    }

    /// Returns the number of tests in an archive that agree; those that are refused on purpose do not count.
    private func run(_ archive: URL, absolute: Double = 1e-7) throws -> Int {
        let folder = try TemporaryFolder()
        _ = try shell(["tar", "xzf", archive.path, "-C", folder.url.path])
        var passed = 0
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted() {
            let test = folder.url.appendingPathComponent(name)
            if let reason = Self.refused.first(where: { name.contains($0.key) })?.value {
                let error = #expect(throws: ImportError.self, "\(name)") { try check(test, absolute: absolute) }
                #expect(error?.description.contains(reason) == true, "\(name): \(error?.description ?? "")")
                continue
            }
            do {
                let problems = try check(test, absolute: absolute)
                #expect(problems.isEmpty, "\(name): \(problems.joined(separator: "; "))")
                passed += problems.isEmpty ? 1 : 0
            } catch {
                Issue.record("\(name): \(error)")
            }
        }
        return passed
    }

    /// What differs in any of a test's data sets.
    private func check(_ test: URL, absolute: Double) throws -> [String] {
        // Node tests say the opset of their operator, which may be older than those of whole files.
        let bytes = try Data(contentsOf: test.appendingPathComponent("model.onnx"))
        let model = try ONNXModel(decoding: bytes, file: test.lastPathComponent, opsets: 1...21)
        var problems: [String] = []
        for folder in try FileManager.default.contentsOfDirectory(atPath: test.path) where folder.hasPrefix("test_") {
            let data = test.appendingPathComponent(folder)
            var inputs: [String: Tensor] = [:]
            for (index, input) in model.inputs.enumerated() {
                inputs[input.name] = try tensor(data.appendingPathComponent("input_\(index).pb"))
            }
            let outputs = try ReferenceEvaluator(model: model).run(inputs)
            for (index, found) in outputs.enumerated() {
                let wanted = try tensor(data.appendingPathComponent("output_\(index).pb"))
                guard found.type == wanted.type, found.shape == wanted.shape else {
                    problems.append(
                        "output \(index) is \(found.type) \(found.shape), not \(wanted.type) \(wanted.shape)")
                    continue
                }
                let excess = found.excess(over: wanted, absolute: absolute)
                if excess > 0 { problems.append("output \(index) is off by \(excess) more than is allowed") }
            }
        }
        return problems
    }

    private func tensor(_ url: URL) throws -> Tensor {
        try Tensor(OnnxTensorProto(serializedBytes: try Data(contentsOf: url)))
    }
}
