/// Which way each operator takes into the plan. Every function returns `nil` for a case that it does not cover, which
/// then runs by its reference operator.
extension PlanBuilder {
    func lower(_ call: LoweringCall) throws(OperatorError) -> [PlanValue] {
        if let value = try lowered(call) { return [value] }
        if let parts = try loweredParts(call) { return parts }
        return try reference(call)
    }

    private func lowered(_ call: LoweringCall) throws(OperatorError) -> PlanValue? {
        switch call.node.operation {
        case "Identity", "Dropout", "Cast", "CastLike": try passed(call)
        case "Shape": try shape(call)
        case "Size": call.data(0).map { .constant(Tensor(.int64, [], integers: [Int64($0.view.count)])) }
        case "Reshape", "Flatten", "Squeeze", "Unsqueeze": try reshaped(call)
        case "Transpose": try transposed(call)
        case "Slice": try sliced(call)
        case "Gather": try gathered(call)
        case "Expand": try expanded(call)
        case "Concat": try concatenated(call)
        case "Pad": try padded(call)
        case "Conv": try convolution(call)
        case "QLinearConv": try quantizedConvolution(call)
        case "Gemm": try gemm(call)
        case "MatMul": try matrixProduct(call)
        case "BatchNormalization": try batchNormalization(call)
        case "MaxPool", "AveragePool": try pool(call)
        case "GlobalAveragePool", "GlobalMaxPool", "ReduceMean": try globalPool(call)
        case "Softmax", "LogSoftmax": try softmax(call)
        case "Resize", "Upsample": try resize(call)
        case "Add", "Sub", "Mul", "Div", "Min", "Max", "Sum": try binary(call)
        case "PRelu": try prelu(call)
        case "QuantizeLinear", "DequantizeLinear": try quantization(call)
        default: try function(call)
        }
    }

    private func loweredParts(_ call: LoweringCall) throws(OperatorError) -> [PlanValue]? {
        call.node.operation == "Split" ? try split(call) : nil
    }

    // MARK: Reference operators

    /// Operators whose inputs behind the first decide on shapes or may be wrong: these must be constant.
    private static let guided: Set<String> = [
        "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Slice", "Split", "Gather", "Expand", "Tile", "Pad", "Resize",
        "Upsample", "ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2",
        "ReduceSumSquare", "ReduceLogSum", "ReduceLogSumExp", "Dropout", "Clip",
    ]
    /// Operators that fail on some values.
    private static let fragile: Set<String> = ["Div", "Mod"]

    private func reference(_ call: LoweringCall) throws(OperatorError) -> [PlanValue] {
        let operation = call.node.operation
        if Self.guided.contains(operation), !call.isConstant(from: 1) {
            throw .unsupported("its inputs behind the first depend on the image")
        }
        if operation == "Range" || operation == "ConstantOfShape" {
            throw .unsupported("its shape depends on the image")
        }
        if Self.fragile.contains(operation), call.data.contains(where: { !$0.type.isReal }) {
            throw .unsupported("it divides integers that depend on the image")
        }
        // Its shapes and types are those that it gives for zeros.
        let known = try OperatorTable.find(operation, domain: call.node.domain, opset: model.opset)
        let results = try known.evaluate(try dryCall(call))
        var inputs: [ReferenceCall.Input] = []
        for input in call.inputs {
            switch input {
            case nil: inputs.append(.missing)
            case .constant(let tensor)?: inputs.append(.constant(tensor))
            case .data(let value)?: inputs.append(.value(value.view, value.type))
            }
        }
        var values: [PlanValue] = []
        var outputs: [Int] = []
        for result in results {
            guard result.count > 0 else { throw .unsupported("its result of shape \(result.shape) is empty") }
            let view = newStorage(shape: result.shape, order: Array(0..<result.rank))
            outputs.append(view.storage)
            values.append(.data(DataValue(view: view, type: result.type)))
        }
        let made = ReferenceCall(node: call.node, opset: model.opset, inputs: inputs)
        append(PlanStep(kind: .reference(made), outputs: outputs, name: call.name))
        return values
    }
}
