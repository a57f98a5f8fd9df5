import Exporters
import Foundation
import Networks
import Testing

/// The same files in OpenVINO, which reads and fuses them in its own way.
@Suite(.enabled(if: Python.hasOpenVINO, "needs openvino and numpy in python3, or in the DISTILLD_PYTHON given"))
struct OpenVINOTests {
    private struct Row: Decodable {
        var name: String
        /// Of the logits' differences, in their steps: the largest and the mean.
        var largest, mean: Double
        /// Share of images with the same class.
        var same: Double
        /// Convolutions that it runs on 8-bit inputs.
        var integers: Int
    }

    private static let script = """
        import json, sys
        import numpy, openvino
        core = openvino.Core()
        rows = []
        for argument in sys.argv[1:]:
            path, scale = argument.rsplit("@", 1)
            model = core.read_model(path + ".onnx")
            assert [o.get_any_name() for o in model.inputs + model.outputs] == ["image", "logits"]
            compiled = core.compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
            shape = [d.get_length() if d.is_static else -1 for d in model.inputs[0].partial_shape]
            images = numpy.fromfile(path + ".images", "<f4").reshape(-1, *shape[1:])
            expected = numpy.fromfile(path + ".logits", "<f4").reshape(len(images), -1)
            logits = compiled(images)[compiled.output(0)]
            assert logits.shape == expected.shape, logits.shape
            layers = [n.get_rt_info() for n in compiled.get_runtime_model().get_ops()]
            kinds = [l["runtimePrecision"].astype(str) for l in layers if l["layerType"].astype(str) == "Convolution"]
            rows.append({
                "name": path.split("/")[-1], "largest": float(abs(logits - expected).max()) / float(scale),
                "mean": float(abs(logits - expected).mean()) / float(scale),
                "same": float((logits.argmax(1) == expected.argmax(1)).mean()),
                "integers": sum(kind in ("u8", "i8") for kind in kinds)})
        print(json.dumps(rows))
        """

    /// A file to be run, with what is expected of it.
    private struct Exported {
        var file: [UInt8]
        var logits: [Float]
        /// A step of the logits.
        var scale: Float
    }

    private static func run(
        _ samples: [(String, Sample)], _ export: (Sample, [Float]) throws -> Exported
    ) throws -> [Row] {
        let folder = try TemporaryFolder()
        let arguments = try samples.map { name, sample in
            let images = sample.images(24)
            let exported = try export(sample, images)
            try Data(exported.file).write(to: folder.url.appendingPathComponent("\(name).onnx"))
            for (suffix, values) in [("images", sample.channelsFirst(images)), ("logits", exported.logits)] {
                try values.withUnsafeBytes { Data($0) }.write(
                    to: folder.url.appendingPathComponent("\(name).\(suffix)"))
            }
            return "\(folder.path(name))@\(exported.scale)"
        }
        let text = try Python.run(script, arguments)
        let rows = try JSONDecoder().decode([Row].self, from: Data(text.utf8))
        #expect(rows.map(\.name) == samples.map(\.0))
        return rows
    }

    @Test func logitsInSinglePrecisionAreTheSame() throws {
        var samples = try Presets.names.map { ($0, try Sample.preset($0, height: 32, width: 32, factor: 0.5)) }
        samples += try OddGraphs.all().map { ($0.name, Sample($0.graph)) }
        let rows = try Self.run(samples) { sample, images in
            Exported(file: try sample.onnx(), logits: sample.logits(images), scale: 1)
        }
        for row in rows { #expect(row.largest < 1e-4, "\(row)") }
    }

    /// Processors without these instructions add up products of 8 bits in 16, which OpenVINO lets overflow.
    private static let hasVNNI =
        (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.contains("vnni") ?? false

    /// It may round between operators where ONNX Runtime does not, and the other way round.
    @Test(.enabled(if: hasVNNI, "needs a processor with VNNI")) func logitsInIntegersAreNear() throws {
        let names = ["convnet3", "dscnn-tiny", "mobilenet-tiny", "resnet8", "resnet20", "vgg8", "wrn-16-2"]
        let samples = try names.map { ($0, try Sample.preset($0, height: 32, width: 32, factor: 0.5)) }
        let rows = try Self.run(samples) { sample, images in
            let network = sample.quantized()
            let file = try ONNXExporter.export(network, metadata: sample.metadata, producerVersion: "1.2.3")
            return Exported(file: file, logits: network.logits(images), scale: network.output.scale)
        }
        for row in rows {
            #expect(row.mean < 1 && row.same > 0.9, "\(row)")
            #expect(row.integers > 2, "\(row)")
        }
    }
}
