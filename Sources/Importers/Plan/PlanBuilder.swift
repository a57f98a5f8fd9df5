import Compute

/// Turns a model's graph into a plan, node by node.
///
/// The graph is taken for one image: the first dimension of its input is 1. So every shape is known, the arithmetic on
/// shapes is constant and folded, and what depends on the image are floats in storages. Nodes that are linear or
/// pointwise in each channel become part of the convolution before them where nothing else reads what lies between.
final class PlanBuilder {
    let model: ONNXModel
    private(set) var values: [String: PlanValue] = [:]
    /// `nil`: a step that became part of another.
    var steps: [PlanStep?] = []
    private(set) var storages: [Int] = []
    /// Reads of each storage that nodes have still to make.
    private var pending: [Int] = []
    /// Steps that have read each storage since it was last written.
    var reads: [Int] = []
    /// The last step that wrote each storage.
    var writers: [Int?] = []
    /// Dense copies that `dense` has made.
    private var copies: [Copy] = []
    private let uses: [String: Int]
    private let budget = WorkBudget(WorkBudget.folding)

    /// - Parameter kept: values whose storage must survive (outputs and features).
    private init(_ model: ONNXModel, nodes: [ONNXModel.Node], kept: [String]) {
        self.model = model
        var uses: [String: Int] = [:]
        for node in nodes { for name in node.inputs where !name.isEmpty { uses[name, default: 0] += 1 } }
        // A value that is kept is read after all nodes, so nothing may take its storage.
        for name in kept { uses[name, default: 0] += 2 }
        self.uses = uses
    }

    private struct Copy {
        let source, made: View
        let step: Int
    }

    static func plan(
        _ model: ONNXModel, input: ImageInput, output: String, features: [String]
    ) throws(ImportError) -> Plan {
        let kept = [output] + features
        let nodes = model.nodes(neededFor: kept)
        let builder = PlanBuilder(model, nodes: nodes, kept: kept)
        for (name, tensor) in model.initializers { builder.values[name] = .constant(tensor) }
        let view = builder.newStorage(shape: input.shape, order: input.isChannelsLast ? [0, 1, 2, 3] : [0, 2, 3, 1])
        builder.define(input.name, .data(DataValue(view: view, type: input.type)))
        for node in nodes { try builder.add(node) }
        return try builder.finished(input: input, output: output, features: features)
    }

    private func finished(
        input: ImageInput, output: String, features: [String]
    ) throws(ImportError) -> Plan {
        var views: [View] = []
        for name in [output] + features {
            guard case .data(let value)? = values[name] else {
                throw model.error(
                    "its value '\(name)' does not depend on the image", advice: "Name another output or feature.")
            }
            views.append(value.view)
        }
        guard views[0].shape.filter({ $0 != 1 }).count <= 1 else {
            throw model.error(
                "its output '\(output)' has shape \(views[0].shape) for one image, where one row of logits is needed",
                advice: "Use a classifier as the teacher.")
        }
        // Distillation wants logits: a closing softmax is left out.
        var endsInSoftmax = false
        if let index = writers[views[0].storage], case .softmax(let x, 1, _, false)? = steps[index]?.kind,
            case .storage(let number, let offset) = x, writers[number].map({ $0 < index }) ?? true
        {
            steps[index] = nil
            views[0] = View(storage: number, offset: offset, dims: views[0].dims)
            endsInSoftmax = true
        }
        return Plan(
            steps: steps.compactMap { $0 }, storages: storages, input: (input.height, input.width, input.channels),
            logits: views[0], features: Array(views.dropFirst()), endsInSoftmax: endsInSoftmax)
    }

    // MARK: Nodes

    private func add(_ node: ONNXModel.Node) throws(ImportError) {
        do throws(OperatorError) {
            let known = try OperatorTable.find(node.operation, domain: node.domain, opset: model.opset)
            try known.check(inputs: node.inputs.count, attributes: node.attributes)
            var inputs: [PlanValue?] = []
            for name in node.inputs {
                guard !name.isEmpty else {
                    inputs.append(nil)
                    continue
                }
                guard let value = values[name] else { throw OperatorError("its input '\(name)' has no value") }
                inputs.append(value)
            }
            let call = LoweringCall(node: node, inputs: inputs)
            let results = try call.data.isEmpty ? constants(call, known) : try lower(call)
            for (index, name) in node.outputs.enumerated() where !name.isEmpty {
                guard index < results.count else {
                    if uses[name] == nil { continue }
                    throw OperatorError.unsupported("its output \(index) is not supported")
                }
                define(name, results[index])
            }
            for case .data(let value) in inputs.compactMap({ $0 }) { pending[value.view.storage] -= 1 }
        } catch {
            throw model.error(error, at: node)
        }
    }

    private func constants(_ call: LoweringCall, _ known: Operator) throws(OperatorError) -> [PlanValue] {
        try known.evaluate(
            OperatorCall(
                operation: call.node.operation, opset: model.opset, attributes: call.node.attributes,
                inputs: call.inputs.map { if case .constant(let tensor)? = $0 { tensor } else { nil } },
                outputCount: max(call.node.outputs.count, 1), budget: budget)
        ).map { .constant($0) }
    }

    /// A node as the reference operators see it, with zeros for what depends on the image.
    func dryCall(_ call: LoweringCall) throws(OperatorError) -> OperatorCall {
        var inputs: [Tensor?] = []
        for input in call.inputs {
            switch input {
            case nil: inputs.append(nil)
            case .constant(let tensor)?: inputs.append(tensor)
            case .data(let value)?:
                let shape = value.view.shape
                let count = try ShapeArithmetic.count(shape)
                inputs.append(
                    value.type.isReal
                        ? Tensor(value.type, shape, reals: [Double](repeating: 0, count: count))
                        : Tensor(value.type, shape, integers: [Int64](repeating: 0, count: count)))
            }
        }
        return OperatorCall(
            operation: call.node.operation, opset: model.opset, attributes: call.node.attributes, inputs: inputs,
            outputCount: max(call.node.outputs.count, 1), budget: budget)
    }

    private func define(_ name: String, _ value: PlanValue) {
        values[name] = value
        if case .data(let data) = value { pending[data.view.storage] += uses[name] ?? 0 }
    }

    // MARK: Storages and steps

    func newStorage(shape: [Int], order: [Int]? = nil) -> View {
        storages.append(shape.reduce(1, *))
        pending.append(0)
        reads.append(0)
        writers.append(nil)
        return View(
            storage: storages.count - 1, shape: shape, order: order ?? View.natural(rank: shape.count))
    }

    @discardableResult
    func append(_ kind: PlanStep.Kind, to output: Int, name: String) -> Int {
        append(PlanStep(kind: kind, outputs: [output], name: name))
    }

    @discardableResult
    func append(_ step: PlanStep) -> Int {
        for storage in step.inputs { reads[storage] += 1 }
        steps.append(step)
        for output in step.outputs {
            writers[output] = steps.count - 1
            reads[output] = 0
        }
        return steps.count - 1
    }

    /// Whether the node that is being planned is the last reader of a storage, and reads all of it. (A storage that no
    /// node is to read is one that the planned node has just made for itself.)
    func isLastReader(_ view: View) -> Bool {
        pending[view.storage] <= 1 && view.offset == 0 && view.count == storages[view.storage] && view.isFull
            && view.storage != 0
    }

    /// The step that made a storage, where the node that is being planned is its only reader: the step may change.
    func soleProducer(_ view: View) -> Int? {
        guard isLastReader(view), reads[view.storage] == 0, let index = writers[view.storage],
            steps[index]?.outputs == [view.storage]
        else { return nil }
        return index
    }

    func operand(_ view: View) -> PlanStep.Operand { .storage(view.storage, offset: view.offset) }

    /// The view itself, or a copy of it that is dense with the given order of dimensions.
    func dense(_ view: View, order: [Int]? = nil, name: String) -> View {
        let order = order ?? View.natural(rank: view.rank)
        if view.isDense(order: order) { return view }
        // Another node may have had the same copy made; neither side has been written since.
        if let made = copies.first(where: { $0.source == view && $0.made.isDense(order: order) && isIntact($0) })?.made
        {
            // It may have become a named value: with one reader more, nobody takes its memory from that.
            pending[made.storage] += 1
            return made
        }
        let made = newStorage(shape: view.shape, order: order)
        append(
            .copy(from: StridedCopy(view, to: made), x: .storage(view.storage, offset: 0)), to: made.storage, name: name
        )
        copies.append(Copy(source: view, made: made, step: steps.count - 1))
        return made
    }

    private func isIntact(_ copy: Copy) -> Bool {
        writers[copy.made.storage] == copy.step && writers[copy.source.storage].map { $0 < copy.step } ?? true
    }

    /// The view itself where it fills a run of memory in any order, or a dense copy.
    func full(_ view: View, name: String) -> View { view.isFull ? view : dense(view, name: name) }
}

/// A node with its inputs as the plan has them.
struct LoweringCall {
    let node: ONNXModel.Node
    let inputs: [PlanValue?]

    var attributes: Attributes { node.attributes }
    var name: String { node.name }

    /// Inputs that depend on the image.
    var data: [DataValue] { inputs.compactMap { if case .data(let value)? = $0 { value } else { nil } } }

    func data(_ index: Int) -> DataValue? {
        if index < inputs.count, case .data(let value)? = inputs[index] { value } else { nil }
    }

    func constant(_ index: Int) -> Tensor? {
        if index < inputs.count, case .constant(let tensor)? = inputs[index] { tensor } else { nil }
    }

    func isMissing(_ index: Int) -> Bool { index >= inputs.count || inputs[index] == nil }

    /// Whether all inputs from `index` on are constant or missing.
    func isConstant(from index: Int) -> Bool {
        inputs.indices.dropFirst(index).allSatisfy { data($0) == nil }
    }
}
