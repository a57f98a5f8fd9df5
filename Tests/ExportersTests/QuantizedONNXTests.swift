import Compression
import Exporters
import Foundation
import Networks
import Testing

/// QDQ models in ONNX Runtime, which fuses them into integer operators.
@Suite(.enabled(if: Python.hasONNX, "needs onnx, onnxruntime and numpy in python3, or in the DISTILLD_PYTHON given"))
struct QuantizedONNXTests {
    private struct Row: Decodable {
        var name: String
        /// In steps of the logits: the largest, and the share of images with any.
        var steps: Double
        var differing: Double
        var operators: [String: Int]
        var metadata: [String: String]
    }

    // Without `x64quantprecision`, ONNX Runtime's products saturate on processors that lack VNNI.
    private static let script = """
        import collections, json, sys
        import numpy, onnx, onnxruntime
        onnxruntime.set_default_logger_severity(3)
        rows = []
        for argument in sys.argv[1:]:
            path, scale = argument.rsplit("@", 1)
            onnx.checker.check_model(onnx.load(path + ".onnx"), full_check=True)
            options = onnxruntime.SessionOptions()
            options.add_session_config_entry("session.x64quantprecision", "1")
            options.optimized_model_filepath = path + ".optimized"
            session = onnxruntime.InferenceSession(path + ".onnx", options, providers=["CPUExecutionProvider"])
            shape = session.get_inputs()[0].shape
            images = numpy.fromfile(path + ".images", "<f4").reshape(-1, *shape[1:])
            expected = numpy.fromfile(path + ".logits", "<f4").reshape(len(images), -1)
            logits = session.run(None, {"image": images})[0]
            assert logits.shape == expected.shape
            steps = abs(logits - expected) / float(scale)
            nodes = onnx.load(path + ".optimized").graph.node
            rows.append({
                "name": path.split("/")[-1], "steps": float(steps.max()), "differing": float((steps > 0.5).any(1).mean()),
                "operators": collections.Counter(node.op_type for node in nodes),
                "metadata": session.get_modelmeta().custom_metadata_map})
        print(json.dumps(rows))
        """

    @Test func logitsAreTheSame() throws {
        let names = ["convnet3", "dscnn-tiny", "mobilenet-tiny", "resnet8", "resnet20", "vgg8", "wrn-16-2"]
        var samples = try names.map { ($0, try Sample.preset($0, height: 32, width: 32, factor: 0.5)) }
        samples += try OddGraphs.all().map { ($0.name, Sample($0.graph)) }
        let folder = try TemporaryFolder()
        var arguments: [String] = []
        for (name, sample) in samples {
            let network = sample.quantized()
            let images = sample.images(24)
            let file = try ONNXExporter.export(network, metadata: sample.metadata, producerVersion: "1.2.3")
            try Data(file).write(to: folder.url.appendingPathComponent("\(name).onnx"))
            for (suffix, values) in [("images", sample.channelsFirst(images)), ("logits", network.logits(images))] {
                try values.withUnsafeBytes { Data($0) }.write(
                    to: folder.url.appendingPathComponent("\(name).\(suffix)"))
            }
            arguments.append("\(folder.path(name))@\(network.output.scale)")
        }
        let text = try Python.run(Self.script, arguments)
        let rows = try JSONDecoder().decode([Row].self, from: Data(text.utf8))
        #expect(rows.map(\.name) == samples.map(\.0))
        for row in rows {
            print(row.name, row.steps, row.differing, row.operators)
            // A sum that lies on a tie may round otherwise and tip another further on.
            #expect(row.steps < 2.5 && row.differing < 0.25, "\(row.name): \(row.steps) steps, \(row.differing)")
            if names.contains(row.name) {
                #expect(row.operators["Conv"] == nil && row.operators["QLinearConv", default: 0] > 3, "\(row)")
            }
            #expect(row.metadata["test.accuracy"] == "0.9123")
        }
    }
}
