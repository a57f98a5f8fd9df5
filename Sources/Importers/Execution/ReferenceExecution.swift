import Compute

/// An operator without a fast form: its reference on row-major tensors.
struct ReferenceExecution: ExecutableStep {
    let call: ReferenceCall
    let outputs: [Int]
    private let known: Operator
    private let kernels: ImageKernels
    /// For each input that depends on the image: from its layout to row-major.
    private let copies: [StridedCopy?]

    init(_ call: ReferenceCall, outputs: [Int], kernels: ImageKernels) throws(OperatorError) {
        self.call = call
        self.kernels = kernels
        self.outputs = outputs
        known = try OperatorTable.find(call.node.operation, domain: call.node.domain, opset: call.opset)
        copies = call.inputs.map { input in
            guard case .value(let view, _) = input else { return nil }
            return StridedCopy(
                view, to: View(storage: 0, shape: view.shape, order: Array(0..<view.rank)))
        }
    }

    func run(_ memory: StepMemory, count: Int) {
        for image in 0..<count {
            var inputs: [Tensor?] = []
            for (input, copy) in zip(call.inputs, copies) {
                switch input {
                case .missing: inputs.append(nil)
                case .constant(let tensor): inputs.append(tensor)
                case .value(let view, let type):
                    let source = memory.pointer(view.storage, image: image)
                    let values = [Float](unsafeUninitializedCapacity: view.count) { buffer, filled in
                        filled = view.count
                        if let base = buffer.baseAddress { copy?.run(source, base, kernels: kernels) }
                    }
                    inputs.append(
                        type.isReal
                            ? Tensor(type, view.shape, reals: values.map { Double($0) })
                            : Tensor(type, view.shape, integers: values.map { Int64($0) }))
                }
            }
            let results: [Tensor]
            do {
                results = try known.evaluate(
                    OperatorCall(
                        operation: call.node.operation, opset: call.opset, attributes: call.node.attributes,
                        inputs: inputs, outputCount: outputs.count, budget: WorkBudget(WorkBudget.unlimited)))
            } catch {
                // Shapes were checked when the network was planned, and no operator that gets here looks at values.
                preconditionFailure("node '\(call.node.name)': \(error.reason)")
            }
            for (result, output) in zip(results, outputs) {
                let to = memory.pointer(output, image: image)
                for (i, value) in result.floats.enumerated() { to[i] = value }
            }
        }
    }
}
