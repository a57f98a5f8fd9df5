import Foundation
import Networks

extension SavedModel {
    /// A file that is no model of distilld's.
    public struct Unreadable: Error, Equatable, CustomStringConvertible {
        public var path: String
        public var reason: String

        public init(path: String, reason: String) {
            self.path = path
            self.reason = reason
        }

        public var description: String { "cannot read the model \(path): \(reason)" }
    }

    /// Reads a `student.safetensors`, trusting nothing in it.
    ///
    /// - Throws: `Unreadable`.
    public static func read(from path: String) throws -> SavedModel {
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
        } catch {
            let exists = FileManager.default.fileExists(atPath: path)
            throw Unreadable(
                path: path, reason: exists ? error.localizedDescription : "there is no such file")
        }
        do {
            return try SavedModel(decoding: data)
        } catch let error as Unreadable {
            throw Unreadable(path: path, reason: error.reason)
        }
    }

    /// - Throws: `Unreadable` with an empty path.
    public init(decoding data: Data) throws {
        let file: Safetensors
        do {
            file = try Safetensors(decoding: data)
        } catch {
            throw Unreadable(path: "", reason: error.description)
        }
        try Self.checkVersion(file)
        let graph: Graph = try Self.decode(Key.graph, of: file)
        do {
            try graph.validate()
        } catch {
            throw Unreadable(path: "", reason: "the network in it is broken: \(error)")
        }
        let preprocessing: Preprocessing = try Self.decode(Key.preprocessing, of: file)
        let metadata = ModelMetadata(
            name: file.metadata[Key.name] ?? "", classes: try Self.decode(Key.classes, of: file),
            preprocessing: preprocessing, facts: file.metadata.filter { !Key.all.contains($0.key) })
        if let mistake = preprocessing.mistake {
            throw Unreadable(path: "", reason: "its preprocessing cannot be: \(mistake)")
        }
        let parameters = try Self.parameters(of: graph, in: file)
        do {
            try ExportError.check(metadata, graph, parameters)
        } catch ExportError.notFinite(let parameter, let index) {
            throw Unreadable(path: "", reason: "value \(index) of \(parameter) is not a finite number")
        } catch let error as ExportError {
            throw Unreadable(path: "", reason: error.description)
        }
        self.init(graph: graph, parameters: parameters, metadata: metadata)
    }

    private static func checkVersion(_ file: Safetensors) throws {
        guard let text = file.metadata[Key.version] else {
            throw Unreadable(
                path: "",
                reason: "it is a safetensors file without '\(Key.version)': only files written by distilld "
                    + "hold the network's structure beside its weights")
        }
        guard let version = Int(text), (1...formatVersion).contains(version) else {
            throw Unreadable(
                path: "", reason: "its format has version \(text), and this distilld reads up to \(formatVersion)")
        }
    }

    private static func decode<Value: Decodable>(_ key: String, of file: Safetensors) throws -> Value {
        guard let text = file.metadata[key] else {
            throw Unreadable(path: "", reason: "its metadata lacks '\(key)'")
        }
        do {
            return try JSONDecoder().decode(Value.self, from: Data(text.utf8))
        } catch let error as DecodingError {
            throw Unreadable(
                path: "", reason: "'\(key)' in its metadata is not what distilld writes: \(error.plainDescription)")
        }
    }

    private static func parameters(of graph: Graph, in file: Safetensors) throws -> ParameterBuffer {
        var byName = Dictionary(uniqueKeysWithValues: file.tensors.map { ($0.name, $0) })
        // Checked before the allocation, so that a small file cannot ask for a large one.
        let values = graph.parameters.reduce(0) { $0 + $1.count }
        guard values <= file.tensors.reduce(0, { $0 + $1.data.count }) / 4 else {
            throw Unreadable(path: "", reason: "it holds fewer weights than its network has")
        }
        let parameters = ParameterBuffer(count: graph.storageCount)
        for node in graph.nodes {
            let input = node.inputs.first.map { graph.nodes[$0].shape } ?? node.shape
            for index in node.parameters {
                let parameter = graph.parameters[index]
                let layout = TensorLayout(node, parameter, input: input)
                guard let tensor = byName.removeValue(forKey: layout.name) else {
                    throw Unreadable(path: "", reason: "tensor '\(layout.name)' is missing")
                }
                guard tensor.shape == layout.shape, let floats = tensor.floats else {
                    throw Unreadable(
                        path: "",
                        reason: "tensor '\(layout.name)' is \(tensor.type.rawValue) \(tensor.shape), and "
                            + "should be F32 \(layout.shape)")
                }
                _ = parameters[parameter].update(fromContentsOf: layout.channelsLast(floats))
            }
        }
        if let name = byName.keys.min() {
            throw Unreadable(path: "", reason: "tensor '\(name)' belongs to no layer of its network")
        }
        return parameters
    }
}
