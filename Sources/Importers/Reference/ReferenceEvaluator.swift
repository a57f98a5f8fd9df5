/// Runs a model node by node with the reference operators: slow, and what defines the right result.
struct ReferenceEvaluator {
    let model: ONNXModel

    /// - Parameter inputs: by name; an initializer of the same name is replaced.
    /// - Returns: the graph's outputs in their order.
    func run(_ inputs: [String: Tensor], budget: WorkBudget = WorkBudget(WorkBudget.unlimited)) throws(ImportError)
        -> [Tensor]
    {
        var values = model.initializers.merging(inputs) { _, given in given }
        for node in model.nodes {
            let results: [Tensor]
            do {
                results = try Self.evaluate(node, opset: model.opset, values: values, budget: budget)
            } catch {
                throw model.error(error, at: node)
            }
            for (name, result) in zip(node.outputs, results) where !name.isEmpty { values[name] = result }
        }
        var outputs: [Tensor] = []
        for name in model.outputs {
            guard let value = values[name] else {
                throw model.error("its output '\(name)' depends on an input that was not given")
            }
            outputs.append(value)
        }
        return outputs
    }

    /// One node's outputs.
    static func evaluate(
        _ node: ONNXModel.Node, opset: Int, values: [String: Tensor], budget: WorkBudget
    ) throws(OperatorError) -> [Tensor] {
        let known = try OperatorTable.find(node.operation, domain: node.domain, opset: opset)
        var inputs: [Tensor?] = []
        for name in node.inputs {
            guard let value = values[name] else {
                guard name.isEmpty else { throw OperatorError("its input '\(name)' has no value") }
                inputs.append(nil)
                continue
            }
            inputs.append(value)
        }
        return try known.evaluate(
            OperatorCall(
                operation: node.operation, opset: opset, attributes: node.attributes, inputs: inputs,
                outputCount: max(node.outputs.count, 1), budget: budget))
    }
}
