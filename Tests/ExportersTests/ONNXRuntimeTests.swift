import Exporters
import Foundation
import Networks
import Testing

/// ONNX files in ONNX Runtime, which many devices run them with.
@Suite(.enabled(if: Python.hasONNX, "needs onnx, onnxruntime and numpy in python3, or in the DISTILLD_PYTHON given"))
struct ONNXRuntimeTests {
    private struct Row: Decodable {
        var name: String
        var difference, alone: Double
        var opset: Int
        var metadata: [String: String]
    }

    private static let script = """
        import json, sys
        import numpy, onnx, onnxruntime
        rows = []
        for path in sys.argv[1:]:
            model = onnx.load(path + ".onnx")
            onnx.checker.check_model(model, full_check=True)
            onnxruntime.set_default_logger_severity(3)
            session = onnxruntime.InferenceSession(path + ".onnx", providers=["CPUExecutionProvider"])
            (given,), (made,) = session.get_inputs(), session.get_outputs()
            assert (given.name, made.name) == ("image", "logits"), (given.name, made.name)
            images = numpy.fromfile(path + ".images", "<f4").reshape(-1, *given.shape[1:])
            expected = numpy.fromfile(path + ".logits", "<f4").reshape(len(images), -1)
            assert made.shape[1] == expected.shape[1]
            logits = session.run(None, {"image": images})[0]
            alone = numpy.concatenate([session.run(None, {"image": image[None]})[0] for image in images])
            assert logits.shape == alone.shape == expected.shape
            rows.append({
                "name": path.split("/")[-1], "difference": float(abs(logits - expected).max()),
                "alone": float(abs(alone - expected).max()), "opset": model.opset_import[0].version,
                "metadata": session.get_modelmeta().custom_metadata_map})
        print(json.dumps(rows))
        """

    /// A batch of five, and each image alone.
    @Test func logitsAreTheSame() throws {
        var samples = try Presets.names.map { ($0, try Sample.preset($0, height: 32, width: 32)) }
        samples += try OddGraphs.all().map { ($0.name, Sample($0.graph)) }
        samples.append(("small", try ONNXTests.small()))
        samples.append(("grey", try Sample.preset("resnet8", height: 28, width: 28, channels: 1, classes: 2)))
        samples.append(("large", try Sample.preset("mobilenet-tiny", height: 96, width: 64, classes: 1000)))
        let folder = try TemporaryFolder()
        var logits: [String: [Float]] = [:]
        for (name, sample) in samples {
            let images = sample.images(5)
            logits[name] = sample.logits(images)
            try Data(try sample.onnx()).write(to: folder.url.appendingPathComponent("\(name).onnx"))
            for (suffix, values) in [("images", sample.channelsFirst(images)), ("logits", sample.logits(images))] {
                try values.withUnsafeBytes { Data($0) }.write(
                    to: folder.url.appendingPathComponent("\(name).\(suffix)"))
            }
        }
        let text = try Python.run(Self.script, samples.map { folder.path($0.0) })
        let rows = try JSONDecoder().decode([Row].self, from: Data(text.utf8))
        #expect(rows.map(\.name) == samples.map(\.0))
        for (row, (_, sample)) in zip(rows, samples) {
            #expect(row.difference < 1e-4 && row.alone < 1e-4, "\(row.name): \(row.difference), \(row.alone)")
            #expect(logits[row.name]?.contains { abs($0) > 0.01 } == true, "\(row.name) says something")
            #expect(row.opset == 17)
            #expect(row.metadata["preprocessing"]?.contains(#""layout":"NCHW""#) == true)
            let classes = try JSONDecoder().decode([String].self, from: Data((row.metadata["classes"] ?? "").utf8))
            #expect(classes == sample.metadata.classes)
        }
    }
}
