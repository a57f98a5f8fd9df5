import Foundation
import ONNXFormat
import SwiftProtobuf

extension ONNXModel {
    /// Bounds on what is read; real classifiers stay far below.
    enum Limits {
        /// Bytes: what a protocol buffer can hold.
        static let file = 1 << 31
        static let nodes = 1 << 16
        static let values = 1 << 18
    }

    /// Opsets whose operators are implemented.
    static let opsets = 7...21

    /// Decodes the bytes of an ONNX file.
    ///
    /// - Parameter file: the name for messages.
    init(decoding bytes: Data, file: String, opsets: ClosedRange<Int> = opsets) throws(ImportError) {
        let again = ImportError.exportAgain
        func fail(_ reason: String, advice: String = again) -> ImportError {
            ImportError(file: file, reason: reason, advice: advice)
        }
        if let reason = WireCheck.mistake(in: bytes) { throw fail("it is not an ONNX file, or damaged: \(reason)") }
        let model: OnnxModelProto
        do {
            model = try OnnxModelProto(serializedBytes: bytes)
        } catch {
            throw fail("it is not an ONNX file, or damaged: its protocol buffer cannot be decoded (\(error))")
        }
        guard model.hasGraph, !model.graph.node.isEmpty else { throw fail("it holds no graph with nodes") }
        let standard = model.opsetImport.filter { $0.domain.isEmpty || $0.domain == "ai.onnx" }
        guard let version = standard.first?.version, standard.allSatisfy({ $0.version == version }) else {
            throw fail("it does not say which opset of the ONNX standard it uses")
        }
        guard let opset = Int(exactly: version), opsets.contains(opset) else {
            throw fail(
                "it uses opset \(version); opsets \(opsets.lowerBound) to \(opsets.upperBound) are supported",
                advice: "Export it with another opset, such as 17.")
        }
        let graph = model.graph
        guard graph.node.count <= Limits.nodes, graph.initializer.count <= Limits.values else {
            throw fail("it has \(graph.node.count) nodes and \(graph.initializer.count) initializers, too many")
        }
        guard graph.sparseInitializer.isEmpty else {
            throw fail("it has sparse initializers, which are not supported", advice: ImportError.exportPlainly)
        }
        for input in graph.input where input.hasType {
            guard case .tensorType? = input.type.value else {
                throw fail("its input '\(input.name)' is no tensor", advice: ImportError.exportPlainly)
            }
        }
        self.file = file
        self.opset = opset
        metadata = Dictionary(model.metadataProps.map { ($0.key, $0.value) }) { first, _ in first }

        var initializers: [String: Tensor] = [:]
        for tensor in graph.initializer {
            do throws(OperatorError) {
                guard initializers.updateValue(try Tensor(tensor), forKey: tensor.name) == nil else {
                    throw OperatorError("it is there twice")
                }
            } catch {
                throw fail(
                    "initializer '\(tensor.name)': \(error.reason)",
                    advice: error.isUnsupported ? ImportError.exportPlainly : again)
            }
        }
        self.initializers = initializers
        inputs = graph.input.filter { initializers[$0.name] == nil }.map { Input($0) }
        outputs = graph.output.map(\.name)
        guard !outputs.isEmpty else { throw fail("its graph has no output") }

        var nodes: [Node] = []
        for (index, proto) in graph.node.enumerated() {
            let name = proto.name.isEmpty ? proto.output.first { !$0.isEmpty } ?? "number \(index)" : proto.name
            do throws(OperatorError) {
                nodes.append(try Node(proto, name: name))
            } catch {
                throw ImportError(
                    file: file, node: ImportError.Node(name: name, operation: proto.opType, opset: opset),
                    reason: error.reason, advice: error.isUnsupported ? ImportError.exportPlainly : again)
            }
        }
        let given = Set(initializers.keys).union(graph.input.map(\.name))
        switch NodeOrder.sorted(nodes, given: given) {
        case .success(let sorted): self.nodes = sorted
        case .failure(let problem):
            guard let index = problem.node else { throw fail(problem.reason) }
            throw ImportError(
                file: file,
                node: ImportError.Node(name: nodes[index].name, operation: nodes[index].operation, opset: opset),
                reason: problem.reason, advice: again)
        }
        let made = given.union(nodes.flatMap(\.outputs))
        for output in outputs where output.isEmpty || !made.contains(output) {
            throw fail("nothing makes its output '\(output)'")
        }
    }
}

extension ONNXModel.Node {
    fileprivate init(_ proto: OnnxNodeProto, name: String) throws(OperatorError) {
        guard !proto.opType.isEmpty else { throw OperatorError("it names no operator") }
        var attributes: [String: Attribute] = [:]
        for attribute in proto.attribute {
            guard attributes.updateValue(try Attribute(attribute), forKey: attribute.name) == nil else {
                throw OperatorError("attribute '\(attribute.name)' is there twice")
            }
        }
        // Trailing empty names are inputs and outputs that are left out.
        func trimmed(_ names: [String]) -> [String] {
            Array(names.prefix((names.lastIndex { !$0.isEmpty } ?? -1) + 1))
        }
        self.init(
            name: name, operation: proto.opType, domain: proto.domain, inputs: trimmed(proto.input),
            outputs: trimmed(proto.output), attributes: Attributes(attributes))
    }
}

extension ONNXModel.Input {
    fileprivate init(_ proto: OnnxValueInfoProto) {
        name = proto.name
        guard case .tensorType(let tensor)? = proto.type.value else {
            (type, shape) = (nil, nil)
            return
        }
        type = ElementType(rawValue: tensor.elemType)
        guard tensor.hasShape else {
            shape = nil
            return
        }
        shape = tensor.shape.dim.map { dimension in
            switch dimension.value {
            case .dimValue(let size)?: Int(exactly: size).map { .fixed($0) } ?? .free("")
            case .dimParam(let name)?: .free(name)
            case nil: .free("")
            }
        }
    }
}

extension Attribute {
    fileprivate init(_ proto: OnnxAttributeProto) throws(OperatorError) {
        guard proto.refAttrName.isEmpty else { throw .unsupported("attribute '\(proto.name)' refers to a function's") }
        do throws(OperatorError) {
            switch proto.type {
            case .int: self = .int(Int(proto.i))
            case .float: self = .float(Double(proto.f))
            case .string: self = .string(String(decoding: proto.s, as: UTF8.self))
            case .ints: self = .ints(proto.ints.map { Int($0) })
            case .floats: self = .floats(proto.floats.map { Double($0) })
            case .strings: self = .strings(proto.strings.map { String(decoding: $0, as: UTF8.self) })
            case .tensor: self = .tensor(try Tensor(proto.t))
            case .graph, .graphs: self = .other("a subgraph")
            case .sparseTensor, .sparseTensors: self = .other("a sparse tensor")
            case .undefined: self = Self.untyped(proto)
            default: self = .other("of a kind that is not supported")
            }
        } catch {
            throw OperatorError("attribute '\(proto.name)': \(error.reason)", isUnsupported: error.isUnsupported)
        }
    }

    /// Files before IR version 2 did not say which field counts.
    private static func untyped(_ proto: OnnxAttributeProto) -> Attribute {
        if proto.hasI { return .int(Int(proto.i)) }
        if proto.hasF { return .float(Double(proto.f)) }
        if proto.hasS { return .string(String(decoding: proto.s, as: UTF8.self)) }
        if !proto.ints.isEmpty { return .ints(proto.ints.map { Int($0) }) }
        if !proto.floats.isEmpty { return .floats(proto.floats.map { Double($0) }) }
        return .other("without a value")
    }
}
