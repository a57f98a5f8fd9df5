import Compute
import Foundation
import ONNXFormat
import SwiftProtobuf
import Testing

@testable import Importers

/// Files that are broken, or that were made to do harm.
struct HostileFileTests {
    /// Bytes for the longer form: DISTILLD_FUZZ=100000.
    private static let rounds = ProcessInfo.processInfo.environment["DISTILLD_FUZZ"].flatMap { Int($0) } ?? 150

    /// Reads, plans and runs the bytes; an `ImportError` is a good end.
    private func attempt(_ bytes: Data) {
        do throws(ImportError) {
            let model = try ImportedModel(try ONNXModel(decoding: bytes, file: "fuzz.onnx"))
            guard model.plan.storages.reduce(0, +) < 1 << 20, model.classes < 1 << 12 else { return }
            let network = ImportedNetwork(model, maximumBatch: 1, pool: ThreadPool(threads: 1))
            network.forward(count: 1)
        } catch {
            #expect(error.description.hasPrefix("fuzz.onnx") && !error.reason.isEmpty && !error.advice.isEmpty)
        }
    }

    @Test(arguments: Goldens.names) func damagedFilesAreRefusedOrRun(_ name: String) throws {
        let bytes = try Data(contentsOf: try Goldens.url(name + ".onnx"))
        var random = CounterRandom(seed: name.utf8.reduce(0) { $0 &* 31 &+ UInt64($1) }, stream: 9)
        for round in 0..<Self.rounds {
            var damaged = bytes
            switch round % 3 {
            case 0: damaged = bytes.prefix(random.index(below: bytes.count))
            case 1:
                for _ in 0...random.index(below: 4) {
                    damaged[random.index(below: bytes.count)] = UInt8(random.index(below: 256))
                }
            default:
                // A piece is cut out or doubled.
                let start = random.index(below: bytes.count)
                let end = min(bytes.count, start + random.index(below: 64))
                damaged = round % 2 == 0 ? bytes[..<start] + bytes[end...] : bytes[..<end] + bytes[start...]
            }
            attempt(Data(damaged))
        }
    }

    private func refusal(_ change: (inout OnnxModelProto) -> Void, of name: String = "residual") throws -> ImportError?
    {
        var proto = try OnnxModelProto(serializedBytes: try Data(contentsOf: try Goldens.url(name + ".onnx")))
        change(&proto)
        let bytes: Data = try proto.serializedBytes()
        return #expect(throws: ImportError.self) {
            _ = try ImportedModel(try ONNXModel(decoding: bytes, file: "teacher.onnx"))
        }
    }

    @Test func theNodeAtFaultIsNamed() throws {
        let unknown = try refusal { $0.graph.node[0].opType = "Frobnicate" }
        #expect(unknown?.node?.operation == "Frobnicate" && unknown?.node?.opset == 17)
        #expect(unknown?.description.hasPrefix("teacher.onnx: node '") == true)
        #expect(unknown?.description.contains("(Frobnicate, opset 17): operator Frobnicate is not supported") == true)
        let foreign = try refusal { $0.graph.node[0].domain = "com.example" }
        #expect(foreign?.reason.contains("domain 'com.example'") == true)
        let transposed = try refusal { $0.graph.node[0].opType = "ConvTranspose" }
        #expect(transposed?.reason.contains("ConvTranspose is not supported: it enlarges images") == true)
        let attribute = try refusal {
            $0.graph.node[0].attribute.append(.with { ($0.name, $0.type, $0.i) = ("mystery", .int, 1) })
        }
        #expect(attribute?.reason == "attribute 'mystery' is not supported")
        let opset = try refusal { $0.opsetImport[0].version = 99 }
        #expect(opset?.reason.contains("opset 99; opsets 7 to 21 are supported") == true)
    }

    @Test func cyclesAndLooseEndsAreFound() throws {
        let cycle = try refusal { proto in
            let index = proto.graph.node.count - 1
            proto.graph.node[0].input[0] = proto.graph.node[index].output[0]
        }
        #expect(cycle?.reason.contains("its own output") == true)
        let loose = try refusal { $0.graph.node[1].input[0] = "nothing" }
        #expect(loose?.reason.contains("nothing makes its input 'nothing'") == true)
        let twice = try refusal { $0.graph.node[1].output[0] = $0.graph.node[0].output[0] }
        #expect(twice?.reason.contains("also made elsewhere") == true)
        let output = try refusal { $0.graph.output[0].name = "elsewhere" }
        #expect(output?.reason.contains("nothing makes its output 'elsewhere'") == true)
    }

    @Test func sizesAreBounded() throws {
        for dims in [[1 << 40, 1 << 40], [-1, 3], [1 << 30], [Int64.max, Int64.max, 2]] as [[Int64]] {
            let error = try refusal { proto in
                proto.graph.initializer[0].dims = dims
                proto.graph.initializer[0].rawData = Data([1, 2, 3, 4])
            }
            #expect(error?.reason.contains("initializer") == true, "\(dims)")
        }
        // A constant of 2^60 values out of a few bytes.
        let bomb = try refusal { proto in
            proto.graph.initializer.append(
                .with {
                    ($0.name, $0.dims, $0.dataType) = ("bombShape", [2], 7)
                    $0.int64Data = [1 << 30, 1 << 30]
                })
            proto.graph.node.insert(
                .with { ($0.opType, $0.input, $0.output) = ("ConstantOfShape", ["bombShape"], ["bomb"]) }, at: 0)
            proto.graph.node.insert(
                .with { ($0.opType, $0.input, $0.output) = ("Add", ["image", "bomb"], ["bombed"]) }, at: 1)
            proto.graph.node[2].input[0] = "bombed"
        }
        #expect(bomb?.reason.contains("larger than the limit") == true)
        let image = try refusal { $0.graph.input[0].type.tensorType.shape.dim[2].dimValue = 1 << 40 }
        #expect(image?.reason.contains("not 1 to 4096") == true)
    }

    @Test func manyTinyMessagesAreRefusedBeforeTheyAreBuilt() throws {
        // A graph of two million empty nodes in four megabytes.
        var graph = Data()
        for _ in 0..<2_000_000 { graph.append(contentsOf: [0x0A, 0x00]) }
        var bytes = Data([0x3A])
        var length = graph.count
        while length >= 0x80 {
            bytes.append(UInt8(length & 0x7F | 0x80))
            length >>= 7
        }
        bytes.append(UInt8(length))
        let error = #expect(throws: ImportError.self) {
            _ = try ONNXModel(decoding: bytes + graph, file: "teacher.onnx")
        }
        #expect(error?.reason.contains("more than 1048576 parts") == true)
    }

    @Test func weightsInOtherFilesAreRefused() throws {
        let error = try refusal { proto in
            proto.graph.initializer[0].dataLocation = .external
            proto.graph.initializer[0].externalData = [.with { ($0.key, $0.value) = ("location", "../../etc/passwd") }]
            proto.graph.initializer[0].rawData = Data()
        }
        #expect(error?.reason.contains("lie in another file ('../../etc/passwd')") == true)
    }

    @Test func whatIsNoFileIsSaidSo() throws {
        let folder = try TemporaryFolder()
        try Data().write(to: folder.url.appendingPathComponent("empty.onnx"))
        try Data("<html>".utf8).write(to: folder.url.appendingPathComponent("page.onnx"))
        _ = try shell(["mkfifo", folder.path("pipe.onnx")])
        let reasons = [
            "missing.onnx": "it cannot be opened: No such file", "empty.onnx": "it is empty",
            "page.onnx": "it is not an ONNX file", "pipe.onnx": "it is not a regular file", ".": "not a regular file",
        ]
        for (name, reason) in reasons {
            let error = #expect(throws: ImportError.self) {
                _ = try ImportedModel(contentsOf: folder.path(name), displayName: name)
            }
            #expect(error?.reason.contains(reason) == true, "\(name): \(error?.description ?? "")")
        }
        let feature = #expect(throws: ImportError.self) { _ = try Goldens.model("fire", features: ["nowhere"]) }
        #expect(feature?.reason == "it has no value named 'nowhere'")
    }
}
