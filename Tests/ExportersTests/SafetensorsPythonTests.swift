import Exporters
import Foundation
import Networks
import Testing

/// Files exchanged with the format's own implementation.
@Suite(.enabled(if: Python.hasSafetensors, "needs safetensors and numpy in python3, or in the DISTILLD_PYTHON given"))
struct SafetensorsPythonTests {
    private struct Tensor: Decodable {
        var shape: [Int]
        var type: String
        var bytes: String
    }

    @Test func pythonReadsWhatIsWritten() throws {
        let folder = try TemporaryFolder()
        let sample = Sample(try OddGraphs.everything())
        let bytes = try sample.saved.encoded()
        try bytes.write(to: folder.url.appendingPathComponent("model.safetensors"))
        let text = try Python.run(
            """
            import json, sys
            from safetensors import safe_open
            with safe_open(sys.argv[1], "numpy") as file:
                tensors = {name: file.get_tensor(name) for name in file.keys()}
                print(json.dumps({"metadata": file.metadata(), "tensors": {
                    name: {"shape": list(t.shape), "type": str(t.dtype), "bytes": t.tobytes().hex()}
                    for name, t in tensors.items()}}))
            """, [folder.path("model.safetensors")])
        struct Answer: Decodable {
            var metadata: [String: String]
            var tensors: [String: Tensor]
        }
        let answer = try JSONDecoder().decode(Answer.self, from: Data(text.utf8))
        let expected = try Safetensors(decoding: bytes)
        #expect(answer.metadata == expected.metadata)
        #expect(answer.metadata["format"] == "pt")
        #expect(Set(answer.tensors.keys) == Set(expected.tensors.map(\.name)))
        for tensor in expected.tensors {
            let found = try #require(answer.tensors[tensor.name])
            #expect(found.shape == tensor.shape && found.type == "float32", "\(tensor.name)")
            #expect(found.bytes == tensor.data.map { String(format: "%02x", $0) }.joined(), "\(tensor.name)")
        }
    }

    @Test func pythonsFilesAreRead() throws {
        let folder = try TemporaryFolder()
        _ = try Python.run(
            """
            import sys
            import numpy
            from safetensors.numpy import save_file
            tensors = {f"t.{t}": numpy.arange(6).reshape(2, 3).astype(t) for t in (
                "bool", "uint8", "int8", "uint16", "int16", "float16", "uint32", "int32", "float32", "uint64", "int64",
                "float64")}
            tensors["scalar"] = numpy.array(2.5, "float32")
            tensors["empty"] = numpy.zeros((0, 4), "float32")
            save_file(tensors, sys.argv[1], {"made": "by Python"})
            """, [folder.path("p.safetensors")])
        let file = try Safetensors(decoding: Data(contentsOf: folder.url.appendingPathComponent("p.safetensors")))
        #expect(file.metadata == ["made": "by Python"])
        #expect(file.tensors.count == 14)
        #expect(file["t.float32"]?.floats == [0, 1, 2, 3, 4, 5] && file["t.float32"]?.shape == [2, 3])
        #expect(file["scalar"]?.floats == [2.5] && file["scalar"]?.shape == [])
        #expect(file["empty"]?.floats == [] && file["empty"]?.shape == [0, 4])
        #expect(file["t.int16"]?.type == .i16 && file["t.int16"]?.data == Data([0, 0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0]))
        #expect(file["t.bool"]?.type == .bool && file["t.bool"]?.data == Data([0, 1, 1, 1, 1, 1]))
    }
}
