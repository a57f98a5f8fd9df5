import Exporters
import Foundation
import Networks
import Testing

/// ONNX files, read by the format's specification and run by the operators' definitions.
@Suite struct ONNXTests {
    @Test(arguments: Presets.names) func presetsAreTheSameFunction(name: String) throws {
        try Self.compare(try Sample.preset(name), images: 2)
    }

    @Test(arguments: try OddGraphs.all()) func oddGraphsAreTheSameFunction(name: String, graph: Graph) throws {
        try Self.compare(Sample(graph), images: 3)
    }

    @Test(arguments: [("resnet8", 28, 28, 1, 2), ("dscnn-tiny", 64, 96, 3, 1000), ("vgg8", 50, 50, 1, 3)])
    func sizesAreTheSameFunction(name: String, height: Int, width: Int, channels: Int, classes: Int) throws {
        let sample = try Sample.preset(
            name, height: height, width: width, channels: channels, classes: classes, factor: 0.25)
        try Self.compare(sample, images: 2)
    }

    private static func compare(_ sample: Sample, images count: Int) throws {
        let file = try ONNXFile(sample.onnx())
        let images = sample.images(count)
        let input = sample.graph.input
        let found = try ONNXInterpreter(file: file).logits(
            .init(
                shape: [count, input.channels, input.height, input.width],
                data: sample.channelsFirst(images).map(Double.init)))
        #expect(found.shape == [count, sample.graph.classes])
        let logits = sample.logits(images)
        #expect(logits.contains { abs($0) > 0.01 })
        #expect(largestDifference(logits, found.data) < 1e-4)
    }

    @Test(arguments: Presets.names) func structureIsWhatIsDocumented(name: String) throws {
        let sample = try Sample.preset(name, factor: 0.5)
        let file = try ONNXFile(sample.onnx())
        #expect(file.irVersion == 8 && file.opsets == ["": 17])
        #expect(file.producer == "distilld" && file.producerVersion == "1.2.3" && file.graphName == "sample")
        #expect(file.inputs == [.init(name: "image", type: 1, sizes: ["N", "3", "16", "12"])])
        #expect(file.outputs == [.init(name: "logits", type: 1, sizes: ["N", "10"])])
        // Every value and node has a name of its own, and every initializer is read.
        let made = ["image"] + file.initializerNames + file.nodes.flatMap(\.outputs)
        #expect(Set(made).count == made.count)
        #expect(Set(file.nodes.map(\.name)).count == file.nodes.count)
        #expect(Set(file.initializerNames).isSubset(of: file.nodes.flatMap(\.inputs)))
        #expect(
            Set(file.values.map(\.name))
                == Set(file.nodes.flatMap(\.outputs)).subtracting(["logits"]).filter {
                    name in file.nodes.contains { $0.outputs == [name] && $0.operation != "Flatten" }
                })
        let norms = file.nodes.filter { $0.operation == "BatchNormalization" }.count
        #expect(name.hasPrefix("wrn") ? norms > 0 : norms == 0, "folded where nothing else reads the convolution")
    }

    /// A convolution's weights are O,I,H,W, its norm is folded in; a linear layer's columns follow C,H,W.
    @Test func valuesAreThoseOfTheNetwork() throws {
        var builder = try GraphBuilder(input: Graph.Shape(height: 2, width: 3, channels: 3))
        try builder.convolution(builder.last, "conv", outputs: 4, kernel: 3)
        try builder.batchNorm(builder.last, "norm")
        try builder.append(.linear(outputs: 2), [builder.last], "fc")
        let sample = Sample(builder.graph())
        let file = try ONNXFile(sample.onnx())
        #expect(file.initializerNames == ["conv.weight", "conv.bias", "fc.weight", "fc.bias"])
        #expect(file.nodes.map(\.operation) == ["Conv", "Flatten", "Gemm"])

        let (folded, values) = sample.graph.foldingBatchNorms(sample.parameters)
        let weight = values[folded.parameters[0]]
        let conv = try #require(file.initializers["conv.weight"])
        #expect(conv.shape == [4, 3, 3, 3])
        for o in 0..<4 {
            for i in 0..<3 {
                for tap in 0..<9 {
                    #expect(conv.floats[(o * 3 + i) * 9 + tap].bitPattern == weight[(o * 9 + tap) * 3 + i].bitPattern)
                }
            }
        }
        #expect(file.initializers["conv.bias"]?.floats == Array(values[folded.parameters[1]]))
        let linear = values[folded.parameters[2]]
        let fc = try #require(file.initializers["fc.weight"])
        #expect(fc.shape == [2, 24])
        for o in 0..<2 {
            for c in 0..<4 {
                for p in 0..<6 {
                    #expect(fc.floats[o * 24 + c * 6 + p].bitPattern == linear[o * 24 + p * 4 + c].bitPattern)
                }
            }
        }
        #expect(file.initializers["fc.bias"]?.floats == Array(values[folded.parameters[3]]))
    }

    @Test func metadataTellsHowToUseIt() throws {
        var sample = Sample(try OddGraphs.pooled())
        sample.metadata.classes = ["cat", "\"dog\"", "Ähre", "a/b", "", "6"]
        let file = try ONNXFile(sample.onnx())
        #expect(Set(file.metadata.keys) == ["classes", "preprocessing", "job.id", "test.accuracy"])
        #expect(file.metadata["test.accuracy"] == "0.9123")
        #expect(file.metadata["classes"] == #"["cat","\"dog\"","Ähre","a/b","","6"]"#)
        let preprocessing = try #require(file.metadata["preprocessing"])
        #expect(
            try JSONDecoder().decode(Preprocessing.self, from: Data(preprocessing.utf8))
                == sample.metadata.preprocessing)
        #expect(preprocessing.contains(#""layout":"NCHW""#) && preprocessing.contains(##""background":"#102030""##))
        #expect(
            file.explanation
                == "Images are resized to cover 5 x 5 and cut in the middle with antialiasing, in RGB order; each value "
                + "v of 0...255 becomes (v / 255 - mean) / std with mean [0.5, 0.25, 0.125] and std [0.25, 0.5, 0.75]. "
                + "The output is logits: apply softmax for probabilities.")
    }

    @Test func theSameNetworkIsTheSameBytes() throws {
        let sample = try Sample.preset("resnet8")
        let bytes = try sample.onnx()
        for _ in 0..<3 { #expect(try sample.onnx() == bytes) }
    }

    /// The bytes of one small model, which `onnx.checker` and ONNX Runtime have accepted: a change of the format shows
    /// here, on machines without Python too.
    @Test func aSmallModelIsTheBytesThatWereChecked() throws {
        let sample = try Self.small()
        #expect(Data(try sample.onnx()).base64EncodedString() == Self.smallModel)
    }

    static func small() throws -> Sample {
        var builder = try GraphBuilder(input: Graph.Shape(height: 2, width: 2, channels: 1))
        try builder.convolution(builder.last, "conv", outputs: 2, kernel: 2, stride: 2, bias: true)
        try builder.append(.relu6, [builder.last], "clip")
        try builder.append(.linear(outputs: 2), [builder.last], "fc")
        var sample = Sample(builder.graph())
        for parameter in sample.graph.parameters {
            for i in 0..<parameter.count { sample.parameters[parameter][i] = Float(i + 1) / 8 }
        }
        sample.metadata.facts = [:]
        return sample
    }

    private static let smallModel = """
        CAgSCGRpc3RpbGxkGgUxLjIuMzLnAUltYWdlcyBhcmUgcmVzaXplZCB0byBjb3ZlciAyIHggMiBhbmQgY3V0IGluIHRoZSBtaWRkbGUgd2l0\
        aCBhbnRpYWxpYXNpbmcsIGluIEdSQVkgb3JkZXI7IGVhY2ggdmFsdWUgdiBvZiAwLi4uMjU1IGJlY29tZXMgKHYgLyAyNTUgLSBtZWFuKSAv\
        IHN0ZCB3aXRoIG1lYW4gWzAuNV0gYW5kIHN0ZCBbMC4yNV0uIFRoZSBvdXRwdXQgaXMgbG9naXRzOiBhcHBseSBzb2Z0bWF4IGZvciBwcm9i\
        YWJpbGl0aWVzLjrlBAqNAQoFaW1hZ2UKC2NvbnYud2VpZ2h0Cgljb252LmJpYXMSBGNvbnYaBGNvbnYiBENvbnYqEgoJZGlsYXRpb25zQgIB\
        AaABByoMCgVncm91cBgBoAECKhUKDGtlcm5lbF9zaGFwZUICAgKgAQcqDwoEcGFkc0IEAAAAAKABByoQCgdzdHJpZGVzQgICAqABBwojCgRj\
        b252CgR6ZXJvCgNzaXgSBGNsaXAaBGNsaXAiBENsaXAKMgoEY2xpcBIJY2xpcC5mbGF0GgljbGlwLmZsYXQiB0ZsYXR0ZW4qCwoEYXhpcxgB\
        oAECCkAKCWNsaXAuZmxhdAoJZmMud2VpZ2h0CgdmYy5iaWFzEgZsb2dpdHMaAmZjIgRHZW1tKg0KBnRyYW5zQhgBoAECEgZzYW1wbGUqNwoE\
        AgECAhABQgtjb252LndlaWdodEogAAAAPgAAgD4AAMA+AAAAPwAAID8AAEA/AABgPwAAgD8qGgoBAhABQgljb252LmJpYXNKCAAAAD4AAIA+\
        Kg4QAUIEemVyb0oEAAAAACoNEAFCA3NpeEoEAADAQCojCgICAhABQglmYy53ZWlnaHRKEAAAAD4AAIA+AADAPgAAAD8qGAoBAhABQgdmYy5i\
        aWFzSggAAAA+AACAPlogCgVpbWFnZRIXChUIARIRCgMSAU4KAggBCgIIAgoCCAJiGQoGbG9naXRzEg8KDQgBEgkKAxIBTgoCCAJqHwoEY29u\
        dhIXChUIARIRCgMSAU4KAggCCgIIAQoCCAFqHwoEY2xpcBIXChUIARIRCgMSAU4KAggCCgIIAQoCCAFCBAoAEBFyIAoHY2xhc3NlcxIVWyJj\
        bGFzcyAwIiwiY2xhc3MgMSJdcrUBCg1wcmVwcm9jZXNzaW5nEqMBeyJiYWNrZ3JvdW5kIjoiIzEwMjAzMCIsImNoYW5uZWxPcmRlciI6IkdS\
        QVkiLCJjaGFubmVscyI6MSwiZml0IjoiY3JvcCIsImhlaWdodCI6MiwibGF5b3V0IjoiTkNIVyIsIm1lYW4iOlswLjVdLCJzY2FsZSI6MC4w\
        MDM5MjE1Njg2Mjc0NTA5OCwic3RkIjpbMC4yNV0sIndpZHRoIjoyfQ==
        """

    @Test func whatCannotBeWrittenIsRefused() throws {
        let sample = Sample(try OddGraphs.pooled())
        func message(_ change: (inout Sample) -> Void) -> String {
            var changed = sample
            changed.parameters = sample.parameters.copy()
            change(&changed)
            do {
                _ = try changed.onnx()
                return "none"
            } catch {
                return "\(error)"
            }
        }
        #expect(message { _ in } == "none")
        #expect(
            message { $0.metadata.classes.removeLast() } == "there are 5 class names for a network of 6 logits")
        #expect(
            message { $0.metadata.preprocessing.width = 4 }
                == "preprocessing gives images of 4 x 5 x 3, the network takes 5 x 5 x 3 (width x height x channels)")
        #expect(
            message { $0.parameters[$0.graph.parameters[1]][2] = .infinity }
                == "value 2 of conv.bias is not a finite number: the training has diverged; lower learningRate")
    }
}
