import Exporters
import Foundation
import Networks
import Testing

@Suite struct SavedModelTests {
    @Test(arguments: Presets.names) func roundTrip(name: String) throws {
        let sample = try Sample.preset(name, height: 16, width: 16, classes: 3, factor: 0.25)
        let bytes = try sample.saved.encoded()
        let model = try SavedModel(decoding: bytes)
        #expect(model.graph == sample.graph && model.metadata == sample.metadata)
        #expect(model.classes == sample.metadata.classes && model.preprocessing == sample.metadata.preprocessing)
        #expect(memcmp(model.parameters.base, sample.parameters.base, sample.graph.storageCount * 4) == 0)
        #expect(try model.encoded() == bytes)
    }

    @Test(arguments: try OddGraphs.all()) func oddGraphs(name: String, graph: Graph) throws {
        let sample = Sample(graph)
        let model = try SavedModel(decoding: sample.saved.encoded())
        #expect(model.graph == graph)
        #expect(memcmp(model.parameters.base, sample.parameters.base, graph.storageCount * 4) == 0)
    }

    /// As `torch.nn.Module.state_dict` names and orders them.
    @Test func tensorsAreThoseOfPyTorch() throws {
        var builder = try GraphBuilder(input: Graph.Shape(height: 2, width: 3, channels: 3))
        try builder.convolution(builder.last, "conv", outputs: 4, kernel: 3, bias: true)
        try builder.batchNorm(builder.last, "norm")
        try builder.append(.linear(outputs: 2), [builder.last], "fc")
        let sample = Sample(builder.graph())
        let file = try Safetensors(decoding: sample.saved.encoded())
        #expect(
            Dictionary(uniqueKeysWithValues: file.tensors.map { ($0.name, $0.shape) }) == [
                "conv.weight": [4, 3, 3, 3], "conv.bias": [4], "norm.weight": [4], "norm.bias": [4],
                "norm.running_mean": [4], "norm.running_var": [4], "fc.weight": [2, 24], "fc.bias": [2],
            ])
        let values = sample.graph.parameters.map { Array(sample.parameters[$0]) }
        let conv = try #require(file["conv.weight"]?.floats)
        for o in 0..<4 {
            for i in 0..<3 {
                for tap in 0..<9 { #expect(conv[(o * 3 + i) * 9 + tap] == values[0][(o * 9 + tap) * 3 + i]) }
            }
        }
        #expect(file["norm.weight"]?.floats == values[2] && file["norm.bias"]?.floats == values[3])
        #expect(file["norm.running_mean"]?.floats == values[4] && file["norm.running_var"]?.floats == values[5])
        let fc = try #require(file["fc.weight"]?.floats)
        for o in 0..<2 {
            for c in 0..<4 {
                for p in 0..<6 { #expect(fc[o * 24 + c * 6 + p] == values[6][o * 24 + p * 4 + c]) }
            }
        }
    }

    // MARK: - Damage

    /// Why a file is refused, after a change to its content.
    private static func reason(_ change: (inout Safetensors) throws -> Void) throws -> String {
        var file = try Safetensors(decoding: Sample(try OddGraphs.pooled()).saved.encoded())
        try change(&file)
        do {
            _ = try SavedModel(decoding: file.encoded())
            return "none"
        } catch let error as SavedModel.Unreadable {
            return error.reason
        }
    }

    private static func replace(_ key: String, _ old: String, _ new: String) -> (inout Safetensors) throws -> Void {
        { file in
            let text = try #require(file.metadata[key])
            try #require(text.contains(old), "\(text)")
            file.metadata[key] = text.replacingOccurrences(of: old, with: new)
        }
    }

    @Test func damagedContentIsNamed() throws {
        #expect(try Self.reason { _ in } == "none")
        #expect(
            try Self.reason { $0.metadata["distilld.version"] = nil }
                .hasPrefix("it is a safetensors file without 'distilld.version': only files written by distilld"))
        #expect(
            try Self.reason { $0.metadata["distilld.version"] = "2" }
                == "its format has version 2, and this distilld reads up to 1")
        #expect(try Self.reason { $0.metadata["distilld.version"] = "x" }.hasPrefix("its format has version x"))
        for key in ["graph", "classes", "preprocessing"] {
            #expect(
                try Self.reason { $0.metadata["distilld.\(key)"] = nil } == "its metadata lacks 'distilld.\(key)'")
            #expect(
                try Self.reason { $0.metadata["distilld.\(key)"] = "{" }
                    .hasPrefix("'distilld.\(key)' in its metadata is not what distilld writes: "))
        }
        #expect(
            try Self.reason { $0.metadata["distilld.classes"] = #"["a","b"]"# }
                == "there are 2 class names for a network of 6 logits")
        #expect(
            try Self.reason { file in
                let at = try #require(file.tensors.firstIndex { $0.name == "conv.bias" })
                file.tensors[at].name = "bias"
            } == "tensor 'conv.bias' is missing")
        #expect(
            try Self.reason { $0.tensors.removeAll() } == "it holds fewer weights than its network has")
        #expect(
            try Self.reason { $0.tensors.append(.init(name: "more", shape: [1], floats: [0])) }
                == "tensor 'more' belongs to no layer of its network")
        #expect(
            try Self.reason { file in
                let at = try #require(file.tensors.firstIndex { $0.name == "conv.weight" })
                file.tensors[at].shape = [6, 27]
            } == "tensor 'conv.weight' is F32 [6, 27], and should be F32 [6, 3, 3, 3]")
        #expect(
            try Self.reason { file in
                let at = try #require(file.tensors.firstIndex { $0.name == "conv.weight" })
                file.tensors[at].type = .i32
            } == "tensor 'conv.weight' is I32 [6, 3, 3, 3], and should be F32 [6, 3, 3, 3]")
        #expect(
            try Self.reason { file in
                let at = try #require(file.tensors.firstIndex { $0.name == "conv.bias" })
                file.tensors[at] = .init(name: "conv.bias", shape: [6], floats: [0, 0, 0, 0, .nan, 0])
            } == "value 4 of conv.bias is not a finite number")
    }

    @Test func brokenNetworksAreRefused() throws {
        let key = "distilld.graph"
        #expect(
            try Self.reason(Self.replace(key, #""offset":0"#, #""offset":16"#))
                == "the network in it is broken: parameter 0 'conv.weight': its offset is 16, not 0")
        #expect(
            try Self.reason(Self.replace(key, #""inputs":[1]"#, #""inputs":[2]"#))
                == "the network in it is broken: node 2 'pool': reads node 2, which is not before it")
        #expect(
            try Self.reason(Self.replace(key, #""padTop":1"#, #""padTop":900000000000000000"#))
                .hasPrefix("the network in it is broken: node 1: convolution 'conv': expected padding of 0 to 1024"))
        #expect(
            try Self.reason(Self.replace(key, #""outputs":6"#, #""outputs":1048576"#))
                .hasPrefix("the network in it is broken: node 1 'conv': gives 5x5x1048576"))
        #expect(
            try Self.reason(Self.replace(key, "globalAveragePool", "teleport"))
                .hasPrefix("'distilld.graph' in its metadata is not what distilld writes: "))
    }

    @Test func impossiblePreprocessingIsRefused() throws {
        let key = "distilld.preprocessing"
        let start = "its preprocessing cannot be: "
        #expect(
            try Self.reason(Self.replace(key, "[0.25,0.5,0.75]", "[0.25,0,0.75]"))
                == start + "it needs a mean and a positive std for each of 3 channels, "
                + "and has [0.5, 0.25, 0.125] and [0.25, 0.0, 0.75]")
        #expect(
            try Self.reason(Self.replace(key, "[0.5,0.25,0.125]", "[0.5]"))
                .hasPrefix(start + "it needs a mean and a positive std"))
        #expect(
            try Self.reason(Self.replace(key, #""channels":3"#, #""channels":2"#)) == start + "2 channels in RGB order")
        #expect(
            try Self.reason(Self.replace(key, "RGB", "GRAY")) == start + "3 channels in GRAY order")
        #expect(
            try Self.reason(Self.replace(key, "#102030", "#10203g"))
                == start + "the background '#10203g', where #RRGGBB is needed")
        #expect(
            try Self.reason(Self.replace(key, "NCHW", "NHWC")) == start + "the layout 'NHWC', where NCHW is known")
        #expect(
            try Self.reason(Self.replace(key, #""width":5"#, #""width":6"#))
                == "preprocessing gives images of 6 x 5 x 3, the network takes 5 x 5 x 3 (width x height x channels)")
    }

    @Test func filesAreNamedInErrors() throws {
        let folder = try TemporaryFolder()
        func message(_ path: String) -> String {
            do {
                _ = try SavedModel.read(from: path)
                return "none"
            } catch {
                return "\(error)"
            }
        }
        let missing = folder.path("missing")
        #expect(message(missing) == "cannot read the model \(missing): there is no such file")
        #expect(message(folder.path("")).hasPrefix("cannot read the model \(folder.path("")): "))
        let sample = Sample(try OddGraphs.everything())
        let path = folder.path("model.safetensors")
        try sample.saved.write(to: path)
        #expect(message(path) == "none")
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        try bytes.prefix(bytes.count - 1).write(to: URL(fileURLWithPath: path))
        #expect(message(path).hasPrefix("cannot read the model \(path): tensor '"))
        try Data("hello".utf8).write(to: URL(fileURLWithPath: path))
        #expect(message(path).contains("the file has 5 bytes, and its header's length alone takes 8"))
    }

    /// Whatever byte of the header is changed, the answer is a reason or a model that is whole.
    @Test func damageIsNeverFatal() throws {
        let bytes = try Sample(try OddGraphs.flat()).saved.encoded()
        let header = 8 + bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        for at in 0..<header {
            var damaged = bytes
            // A digit becomes another digit, most others nonsense.
            damaged[at] ^= UInt8(1 + at % 7)
            do {
                let model = try SavedModel(decoding: damaged)
                try model.graph.validate()
                #expect(model.classes.count == model.graph.classes)
            } catch let error as SavedModel.Unreadable {
                #expect(!error.reason.isEmpty)
            }
        }
    }
}
