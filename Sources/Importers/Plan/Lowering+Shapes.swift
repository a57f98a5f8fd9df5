/// Nodes that only look at memory in another way, or move it.
extension PlanBuilder {
    func passed(_ call: LoweringCall) throws(OperatorError) -> PlanValue? {
        guard let x = call.data(0), call.isConstant(from: 1) else { return nil }
        switch call.node.operation {
        case "Dropout":
            guard call.constant(2)?.integers?.first ?? 0 == 0 else { return nil }
            return .data(x)
        case "Cast", "CastLike":
            let type: ElementType?
            if call.node.operation == "CastLike" {
                type = call.constant(1)?.type
            } else {
                type = Int32(exactly: try call.attributes.int("to", default: 0)).flatMap { ElementType(rawValue: $0) }
            }
            // Computed in single precision whatever the file says; short types would only lose digits.
            guard let type, type.isReal, type.bits >= 16 else { return nil }
            return .data(DataValue(view: x.view, type: type))
        default: return .data(x)
        }
    }

    func shape(_ call: LoweringCall) throws(OperatorError) -> PlanValue? {
        guard let x = call.data(0) else { return nil }
        return .constant(.indices(try OperatorTable.shapePart(call.attributes, of: x.view.shape)))
    }

    func reshaped(_ call: LoweringCall) throws(OperatorError) -> PlanValue? {
        guard let x = call.data(0), call.isConstant(from: 1) else { return nil }
        let shape = x.view.shape
        let given = call.constant(1)?.integers?.map { Int($0) }
        let target: [Int]
        switch call.node.operation {
        case "Reshape":
            guard let given else { throw OperatorError("its shape is no tensor of integers") }
            target = try OperatorTable.reshape(
                shape, to: given, keepsZero: try call.attributes.flag("allowzero", default: false))
        case "Flatten":
            target = try OperatorTable.flatten(shape, axis: try call.attributes.int("axis", default: 1))
        case "Squeeze":
            let written = try call.attributes.ints("axes")
            target = try OperatorTable.squeeze(shape, axes: written ?? given)
        default:
            let written = try call.attributes.ints("axes")
            guard let axes = written ?? given else { throw OperatorError("it has no axes") }
            target = try OperatorTable.unsqueeze(shape, axes: axes)
        }
        if let view = x.view.reshaped(target) { return .data(DataValue(view: view, type: x.type)) }
        let moved = dense(x.view, order: Array(0..<shape.count), name: call.name)
        guard let view = moved.reshaped(target) else { return nil }
        return .data(DataValue(view: view, type: x.type))
    }

    func transposed(_ call: LoweringCall) throws(OperatorError) -> PlanValue? {
        guard let x = call.data(0) else { return nil }
        let order = try OperatorTable.permutation(call.attributes, rank: x.view.rank)
        return .data(DataValue(view: x.view.transposed(order), type: x.type))
    }

    func sliced(_ call: LoweringCall) throws(OperatorError) -> PlanValue? {
        guard let x = call.data(0), call.isConstant(from: 1) else { return nil }
        let ranges = try OperatorTable.slice(try dryCall(call), shape: x.view.shape)
        var view = x.view
        for (axis, range) in ranges.enumerated() {
            guard range.count > 0 else { throw .unsupported("its result is empty") }
            if range == OperatorTable.SliceRange(start: 0, step: 1, count: view.shape[axis]) { continue }
            if view.stride(axis) == nil { view = dense(view, name: call.name) }
            guard let part = view.sliced(axis, start: range.start, step: range.step, count: range.count) else {
                return nil
            }
            view = part
        }
        return .data(DataValue(view: view, type: x.type))
    }

    func split(_ call: LoweringCall) throws(OperatorError) -> [PlanValue]? {
        guard let x = call.data(0), call.isConstant(from: 1) else { return nil }
        let (axis, sizes) = try OperatorTable.split(try dryCall(call), shape: x.view.shape)
        guard sizes.allSatisfy({ $0 > 0 }) else { throw .unsupported("a part of it is empty") }
        let view = x.view.stride(axis) == nil ? dense(x.view, name: call.name) : x.view
        var parts: [PlanValue] = []
        var start = 0
        for size in sizes {
            guard let part = view.sliced(axis, start: start, step: 1, count: size) else { return nil }
            parts.append(.data(DataValue(view: part, type: x.type)))
            start += size
        }
        return parts
    }

    /// One index of an axis.
    func gathered(_ call: LoweringCall) throws(OperatorError) -> PlanValue? {
        guard let x = call.data(0), let indices = call.constant(1) else {
            throw .unsupported("its indices depend on the image")
        }
        guard let values = indices.integers, values.count == 1 else { return nil }
        let shape = x.view.shape
        let axis = try ShapeArithmetic.axis(try call.attributes.int("axis", default: 0), rank: shape.count)
        let index = Int(values[0]) + (values[0] < 0 ? shape[axis] : 0)
        guard index >= 0, index < shape[axis] else {
            throw OperatorError("an index lies outside of dimension \(axis) of \(shape)")
        }
        let target = Array(shape[..<axis]) + indices.shape + Array(shape[(axis + 1)...])
        let view = x.view.stride(axis) == nil ? dense(x.view, name: call.name) : x.view
        guard let part = view.sliced(axis, start: index, step: 1, count: 1)?.reshaped(target) else { return nil }
        return .data(DataValue(view: part, type: x.type))
    }

    func expanded(_ call: LoweringCall) throws(OperatorError) -> PlanValue? {
        guard let x = call.data(0), let sizes = call.constant(1)?.integers else { return nil }
        let shape = try ShapeArithmetic.broadcast(x.view.shape, sizes.map { Int($0) })
        guard !shape.contains(0) else { throw .unsupported("its result is empty") }
        return .data(DataValue(view: x.view.expanded(shape), type: x.type))
    }

    func concatenated(_ call: LoweringCall) throws(OperatorError) -> PlanValue? {
        let parts = call.data
        guard parts.count == call.inputs.count, let given = try call.attributes.int("axis") else { return nil }
        let axis = try ShapeArithmetic.axis(given, rank: parts[0].view.rank)
        let shape = try OperatorTable.concatenated(parts.map(\.view.shape), axis: axis)
        guard parts.allSatisfy({ $0.type == parts[0].type }) else {
            throw OperatorError("its inputs have different types")
        }
        if parts.count == 1 { return .data(parts[0]) }
        let made = newStorage(shape: shape)
        var start = 0
        for part in parts {
            let size = part.view.shape[axis]
            guard let target = made.sliced(axis, start: start, step: 1, count: size) else { return nil }
            append(
                .copy(from: StridedCopy(part.view, to: target), x: .storage(part.view.storage, offset: 0)),
                to: made.storage, name: call.name)
            start += size
        }
        return .data(DataValue(view: made, type: parts[0].type))
    }

    /// A constant border, which may be negative.
    func padded(_ call: LoweringCall) throws(OperatorError) -> PlanValue? {
        guard let x = call.data(0), call.isConstant(from: 1), x.type.isReal else { return nil }
        let shape = x.view.shape
        let padding = try Padding(try dryCall(call), rank: shape.count)
        guard padding.mode == .constant else { return nil }
        let value = padding.value?.floats[0] ?? 0
        let sizes = shape.indices.map { shape[$0] + padding.before[$0] + padding.after[$0] }
        guard try ShapeArithmetic.count(sizes) > 0, sizes.allSatisfy({ $0 > 0 }) else {
            throw .unsupported("its result is empty")
        }
        var source = x.view
        let made = newStorage(shape: sizes)
        var target = made
        for axis in shape.indices where padding.before[axis] != 0 || padding.after[axis] != 0 {
            if source.stride(axis) == nil { source = dense(source, name: call.name) }
            let (cut, room) = (max(0, -padding.before[axis]), max(0, padding.before[axis]))
            let count = shape[axis] - cut - max(0, -padding.after[axis])
            guard count > 0, let from = source.sliced(axis, start: cut, step: 1, count: count),
                let to = target.sliced(axis, start: room, step: 1, count: count)
            else { return nil }
            (source, target) = (from, to)
        }
        append(.fill(value, count: made.count), to: made.storage, name: call.name)
        append(
            .copy(from: StridedCopy(source, to: target), x: .storage(source.storage, offset: 0)), to: made.storage,
            name: call.name)
        return .data(DataValue(view: made, type: x.type))
    }
}
