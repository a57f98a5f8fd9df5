import Compute
import Foundation
import ONNXFormat
import SwiftProtobuf
import Testing

@testable import Importers

/// Models that are whole as files and wrong as networks: a few hundred deterministic changes of small ones. Whatever the
/// importer makes of them, it is an error that names the file, or a network that runs.
struct MutationTests {
    private static let rounds = ProcessInfo.processInfo.environment["DISTILLD_FUZZ"].flatMap { Int($0) } ?? 40

    @Test(arguments: Goldens.names) func changedGraphsAreRefusedOrRun(_ name: String) throws {
        let proto = try OnnxModelProto(serializedBytes: try Data(contentsOf: try Goldens.url(name + ".onnx")))
        var random = CounterRandom(seed: name.utf8.reduce(7) { $0 &* 31 &+ UInt64($1) }, stream: 11)
        var (refused, run) = (0, 0)
        for round in 0..<Self.rounds {
            var changed = proto
            for _ in 0...random.index(below: 3) {
                let mutation = Mutation.allCases[random.index(below: Mutation.allCases.count)]
                mutation.apply(to: &changed, &random)
            }
            let bytes: Data = try changed.serializedBytes()
            do throws(ImportError) {
                let model = try ImportedModel(bytes, displayName: "changed.onnx")
                run += 1
                guard model.activationCount < 1 << 20, model.multiplyAccumulates < 1 << 24 else { continue }
                ImportedNetwork(model, maximumBatch: 1, pool: ThreadPool(threads: 1)).forward(count: 1)
            } catch {
                refused += 1
                #expect(
                    error.description.hasPrefix("changed.onnx") && !error.reason.isEmpty && !error.advice.isEmpty,
                    "round \(round): \(error)")
            }
        }
        #expect(refused > 0 && refused + run == Self.rounds, "\(refused) refused, \(run) run")
    }
}

/// A change of a model.
private enum Mutation: CaseIterable {
    case rewire, cycle, swapOperator, dropNode, doubleNode, dropInput, extremeAttribute, wrongKindOfAttribute
    case longAttribute, dropAttribute, dimension, truncatedTensor, typeOfTensor, external, opset, inputShape, outputName

    static let extremes: [Int64] = [
        0, 1, -1, 2, 3, 7, 255, 4096, 65_536, 1 << 31, -1 << 31, 1 << 40, Int64.max, Int64.min, Int64.max - 1,
    ]

    func apply(to model: inout OnnxModelProto, _ random: inout CounterRandom) {
        func extreme() -> Int64 { Self.extremes[random.index(below: Self.extremes.count)] }
        let nodes = model.graph.node.count
        guard nodes > 0 else { return }
        let at = random.index(below: nodes)
        let other = random.index(below: nodes)
        switch self {
        case .rewire:
            guard !model.graph.node[at].input.isEmpty, let name = model.graph.node[other].output.first else { return }
            model.graph.node[at].input[random.index(below: model.graph.node[at].input.count)] = name
        case .cycle:
            guard !model.graph.node[0].input.isEmpty, let name = model.graph.node[at].output.first else { return }
            model.graph.node[0].input[0] = name
        case .swapOperator: model.graph.node[at].opType = model.graph.node[other].opType
        case .dropNode: model.graph.node.remove(at: at)
        case .doubleNode: model.graph.node.insert(model.graph.node[other], at: at)
        case .dropInput: if !model.graph.node[at].input.isEmpty { model.graph.node[at].input.removeLast() }
        case .extremeAttribute, .wrongKindOfAttribute, .longAttribute, .dropAttribute:
            let withAttributes = model.graph.node.indices.filter { !model.graph.node[$0].attribute.isEmpty }
            guard !withAttributes.isEmpty else { return }
            let node = withAttributes[random.index(below: withAttributes.count)]
            let place = random.index(below: model.graph.node[node].attribute.count)
            if self == .dropAttribute {
                model.graph.node[node].attribute.remove(at: place)
                return
            }
            var attribute = model.graph.node[node].attribute[place]
            change(&attribute, extreme(), &random)
            model.graph.node[node].attribute[place] = attribute
        case .dimension, .truncatedTensor, .typeOfTensor, .external:
            guard !model.graph.initializer.isEmpty else { return }
            let place = random.index(below: model.graph.initializer.count)
            var tensor = model.graph.initializer[place]
            change(&tensor, extreme(), &random)
            model.graph.initializer[place] = tensor
        case .opset: if !model.opsetImport.isEmpty { model.opsetImport[0].version = extreme() }
        case .inputShape:
            guard !model.graph.input.isEmpty, !model.graph.input[0].type.tensorType.shape.dim.isEmpty else { return }
            let axis = random.index(below: model.graph.input[0].type.tensorType.shape.dim.count)
            model.graph.input[0].type.tensorType.shape.dim[axis].dimValue = extreme()
        case .outputName:
            guard !model.graph.output.isEmpty, let name = model.graph.node[at].output.first else { return }
            model.graph.output[0].name = name
        }
    }

    private func change(_ attribute: inout OnnxAttributeProto, _ value: Int64, _ random: inout CounterRandom) {
        switch self {
        case .wrongKindOfAttribute: attribute.type = attribute.type == .int ? .ints : .int
        case .longAttribute: attribute.ints += [Int64](repeating: value, count: 1 + random.index(below: 40))
        default:
            attribute.i = value
            attribute.f = Float(value)
            if !attribute.ints.isEmpty { attribute.ints[random.index(below: attribute.ints.count)] = value }
        }
    }

    private func change(_ tensor: inout OnnxTensorProto, _ value: Int64, _ random: inout CounterRandom) {
        switch self {
        case .dimension where tensor.dims.isEmpty: tensor.dims = [value]
        case .dimension: tensor.dims[random.index(below: tensor.dims.count)] = value
        case .truncatedTensor: tensor.rawData = tensor.rawData.prefix(random.index(below: tensor.rawData.count + 1))
        case .typeOfTensor: tensor.dataType = Int32(random.index(below: 24))
        default:
            tensor.dataLocation = .external
            tensor.externalData = [.with { ($0.key, $0.value) = ("location", "/dev/zero") }]
        }
    }
}
