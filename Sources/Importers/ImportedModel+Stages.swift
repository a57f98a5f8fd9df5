/// Activations of a model whose names nobody has given.
extension ImportedModel {
    /// The same, giving as features the last activation of every resolution, from the largest to the smallest, what the
    /// classifier reads, and the values `named`.
    ///
    /// - Throws: `ImportError` as from the other; also for a name that is none.
    public static func givingStages(
        contentsOf path: String, displayName: String? = nil, size: (height: Int, width: Int)? = nil,
        named: [String] = []
    ) throws(ImportError) -> ImportedModel {
        let plain = try ImportedModel(contentsOf: path, displayName: displayName, size: size)
        let bytes = try ModelFile.read(path, name: displayName ?? path)
        let model = try ONNXModel(decoding: bytes, file: displayName ?? path)
        let found = try stages(of: model, size: size)
        return try ImportedModel(
            model, size: size, features: found + named.filter { !found.contains($0) }, contentHash: plain.contentHash)
    }

    private static let activations: Set<String> = [
        "Add", "Clip", "Elu", "Gelu", "HardSwish", "LeakyRelu", "Mish", "PRelu", "Relu", "Selu", "Sum",
    ]

    private static func stages(
        of model: ONNXModel, size: (height: Int, width: Int)?
    ) throws(ImportError) -> [String] {
        var names = model.nodes.filter { activations.contains($0.operation) }.compactMap(\.outputs.first)
        let classifier = model.nodes.last { ["Gemm", "MatMul"].contains($0.operation) }
        let embedding = classifier?.inputs.first.flatMap { input in
            model.nodes.contains { $0.outputs.contains(input) } ? input : nil
        }
        if let embedding { names.append(embedding) }
        // Sums of shapes and other constants are no activations: they are found by trying.
        var probe = try? ImportedModel(model, size: size, features: names)
        if probe == nil {
            names = names.filter { (try? ImportedModel(model, size: size, features: [$0])) != nil }
            probe = try ImportedModel(model, size: size, features: names)
        }
        var last: [(height: Int, width: Int, name: String)] = []
        for (name, shape) in zip(names, probe?.featureShapes ?? []) {
            guard shape.count == 3, shape[0] * shape[1] > 1 else { continue }
            if let place = last.firstIndex(where: { $0.height == shape[0] && $0.width == shape[1] }) {
                last[place].name = name
            } else {
                last.append((shape[0], shape[1], name))
            }
        }
        let stages = last.map(\.name)
        return stages + (embedding.map { names.contains($0) && !stages.contains($0) ? [$0] : [] } ?? [])
    }
}
