import Datasets
import Foundation
import Manifests
import Reporting
import Testing

/// The Python that `DISTILLD_PYTHON` names.
private enum JudgePython {
    static let command = ProcessInfo.processInfo.environment["DISTILLD_PYTHON"]

    static let isThere: Bool = {
        guard let command else { return false }
        do {
            return try Program.run([command, "-c", "import numpy, onnxruntime, openvino"]).exitCode == 0
        } catch {
            return false
        }
    }()
}

/// A student of real photographs, taught by a network from a file, as programs of others find it: ONNX Runtime, OpenVINO
/// and two C compilers are asked about every test image, and the report must say the same.
@Suite(
    .serialized,
    .enabled(if: SmallJob.sharedData("cifar10-small.tar") != nil, "the folder shared/data is not there"),
    .enabled(if: JudgePython.isThere, "needs DISTILLD_PYTHON with onnxruntime and openvino"))
struct JudgesTests {
    private static let script = """
        import json, sys
        import numpy, onnxruntime, openvino
        folder, data = sys.argv[1:]
        say = json.load(open(folder + "/preprocess.json"))
        labels = numpy.fromfile(data + "/labels", "u1")
        pixels = numpy.fromfile(data + "/pixels", "u1").reshape(len(labels), say["height"], say["width"], 3)
        mean, std = (numpy.array(say[key], "f") for key in ("mean", "std"))
        images = ((pixels * numpy.float32(say["scale"]) - mean) / std).transpose(0, 3, 1, 2).astype("f").copy()
        options = onnxruntime.SessionOptions()
        # Without it, processors without VNNI saturate 8-bit products.
        options.add_session_config_entry("session.x64quantprecision", "1")
        found = {}
        for file in ("student.onnx", "student.int8.onnx"):
            session = onnxruntime.InferenceSession(f"{folder}/{file}", options, providers=["CPUExecutionProvider"])
            found["onnxruntime " + file] = session.run(None, {"image": images})[0]
            compiled = openvino.Core().compile_model(f"{folder}/{file}", "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
            found["openvino " + file] = compiled(images)[0]
        print(json.dumps({name: float((logits.argmax(1) == labels).mean()) for name, logits in found.items()}))
        """

    private static func program(_ name: String) -> String {
        """
        #include <stdio.h>
        #define \(name)_IMPLEMENTATION
        #define \(name)_WITH_FLOAT
        #include "student.h"
        int main(void) {
            static uint8_t pixels[\(name)_WIDTH * \(name)_HEIGHT * \(name)_CHANNELS];
            static int8_t logits[\(name)_CLASSES];
            static float real[\(name)_CLASSES];
            while (fread(pixels, sizeof pixels, 1, stdin) == 1) {
                int best = 0, twin = 0;
                \(name)_predict(pixels, logits);
                \(name)_predict_f(pixels, real);
                for (int i = 1; i < \(name)_CLASSES; i++) {
                    if (logits[i] > logits[best]) best = i;
                    if (real[i] > real[twin]) twin = i;
                }
                putchar(best);
                putchar(twin);
            }
            return 0;
        }

        """
    }

    @Test func theReportSaysWhatOthersFind() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("judges-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let archive = try #require(SmallJob.sharedData("cifar10-small.tar"))
        let teacher = try #require(SmallJob.sharedData("teachers/resnet8-cifar10.onnx"))
        let manifest = """
            name: judged
            dataset: \(archive.path)
            teacher: { file: \(teacher.path) }
            student: { model: resnet8, width: 0.5, epochs: 4 }
            quantize: qat
            baseline: false

            """
        try Data(manifest.utf8).write(to: folder.appendingPathComponent("judged.job.yaml"))
        let ran = try Distilld.run("run", "--out", folder.path, folder.appendingPathComponent("judged.job.yaml").path)
        #expect(ran.exitCode == 0, "\(ran.errors)")
        let made = try #require(
            try FileManager.default.contentsOfDirectory(atPath: folder.path).first {
                $0.hasPrefix("judged-") && !$0.hasSuffix(".yaml")
            })
        let job = folder.appendingPathComponent(made)
        let report = try JobReport(encoded: try Data(contentsOf: job.appendingPathComponent("report.json")))
        let forms = try #require(report.forms)
        func accuracy(_ file: String) throws -> Double {
            let form = try #require(forms.first { $0.file == file })
            #expect(form.problem == nil, "\(form)")
            return try #require(form.accuracy)
        }
        let (single, integers) = (try accuracy("student.onnx"), try accuracy("student.int8.onnx"))
        #expect(single > 0.25 && integers > 0.25, "guessing gives a tenth")
        #expect(report.quantization?.trainedAccuracy != nil)

        let labels = try writeTestImages(of: archive, to: folder, classes: report.data.classes)
        #expect(labels.count == 1000)
        let python = try #require(JudgePython.command)
        let judged = try Program.run([python, "-c", Self.script, job.path, folder.path])
        #expect(judged.exitCode == 0, "\(judged.errors)")
        let found = try JSONDecoder().decode([String: Double].self, from: judged.output)
        // A tie or two may fall otherwise; OpenVINO rounds between fewer operators.
        for (name, wanted, most) in [
            ("onnxruntime student.onnx", single, 0.002), ("openvino student.onnx", single, 0.002),
            ("onnxruntime student.int8.onnx", integers, 0.004), ("openvino student.int8.onnx", integers, 0.02),
        ] {
            let accuracy = try #require(found[name])
            print("\(name): \(accuracy), the report \(wanted)")
            #expect(abs(accuracy - wanted) <= most + 1e-9, "\(name): \(accuracy), not \(wanted)")
        }
        try compile(job, folder, labels: labels, integers: try accuracy("student.h"), single: single)
    }

    /// Every compiler gives the same, which is what the report says.
    private func compile(_ job: URL, _ folder: URL, labels: [UInt8], integers: Double, single: Double) throws {
        let main = folder.appendingPathComponent("main.c")
        try Data(Self.program("judged").utf8).write(to: main)
        let pixels = folder.appendingPathComponent("pixels")
        let compilers = try ["gcc", "clang"].filter { try Program.run([$0, "--version"]).exitCode == 0 }
        #expect(!compilers.isEmpty)
        for compiler in compilers {
            let program = folder.appendingPathComponent(compiler).path
            let built = try Program.run([
                compiler, "-std=c99", "-Wall", "-Wextra", "-Werror", "-O2", "-I", job.path, main.path, "-o", program,
            ])
            #expect(built.exitCode == 0, "\(built.errors)")
            let answers = try Program.run([program], input: pixels).output
            #expect(answers.count == 2 * labels.count)
            func share(_ offset: Int) -> Double {
                let right = labels.indices.count { answers[2 * $0 + offset] == labels[$0] }
                return Double(right) / Double(labels.count)
            }
            print("\(compiler): \(share(0)) in integers, \(share(1)) in single precision")
            #expect(share(0) == integers, "\(compiler)")
            #expect(abs(share(1) - single) <= 0.002 + 1e-9, "\(compiler)")
        }
    }

    /// The files `pixels`, N,H,W,C, and `labels`, a byte each.
    private func writeTestImages(of archive: URL, to folder: URL, classes: [String]) throws -> [UInt8] {
        let unpacked = folder.appendingPathComponent("data")
        try FileManager.default.createDirectory(at: unpacked, withIntermediateDirectories: true)
        #expect(try Program.run(["tar", "xf", archive.path, "-C", unpacked.path]).exitCode == 0)
        let names = FileManager.default.enumerator(atPath: unpacked.path)?.compactMap { $0 as? String } ?? []
        var (labels, pixels): ([UInt8], [UInt8]) = ([], [])
        for name in names.sorted() where name.hasSuffix(".jpg") {
            let parts = name.split(separator: "/")
            guard parts.dropLast(2).last == "test" else { continue }
            labels.append(UInt8(try #require(classes.firstIndex(of: String(parts[parts.count - 2])))))
            let data = try Data(contentsOf: unpacked.appendingPathComponent(name))
            var image = [UInt8](repeating: 0, count: 32 * 32 * 3)
            try data.withUnsafeBytes { bytes in
                try ImageCodec.decode(
                    bytes, into: &image, width: 32, height: 32, channels: .rgb, fit: .stretch,
                    background: .black, limits: Limits())
            }
            pixels += image
        }
        try Data(labels).write(to: folder.appendingPathComponent("labels"))
        try Data(pixels).write(to: folder.appendingPathComponent("pixels"))
        return labels
    }
}
