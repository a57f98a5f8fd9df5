import CKernels
import Compute

/// Normalization, pools, softmax, resizing and rounding.
extension PlanBuilder {
    func batchNormalization(_ call: LoweringCall) throws(OperatorError) -> PlanValue? {
        guard let x = call.data(0), call.isConstant(from: 1), x.type.isReal, x.view.rank >= 2,
            try !call.attributes.flag("training_mode", default: false),
            try call.attributes.flag("spatial", default: true)
        else { return nil }
        let channels = x.view.shape[1]
        var given: [[Double]] = []
        for index in 1...4 {
            guard let values = call.constant(index), values.shape == [channels] else {
                throw OperatorError("input \(index) does not have a value for each of \(channels) channels")
            }
            given.append(values.reals)
        }
        let epsilon = try call.attributes.real("epsilon", default: Double(Float(1e-5)))
        let factors = (0..<channels).map { given[0][$0] / (given[3][$0] + epsilon).squareRoot() }
        let shifts = (0..<channels).map { Float(given[1][$0] - given[2][$0] * factors[$0]) }
        return affine(x, scale: factors.map { Float($0) }, shift: shifts, name: call.name)
    }

    func pool(_ call: LoweringCall) throws(OperatorError) -> PlanValue? {
        // With a second output, the indices, it is for the reference operator.
        guard let x = call.data(0), x.view.rank == 4, x.view.shape[0] == 1, call.node.outputs.count == 1 else {
            return nil
        }
        let isMaximum = call.node.operation == "MaxPool"
        let geometry = try WindowGeometry(
            call.attributes, spatial: Array(x.view.shape.dropFirst(2)), kernel: nil,
            ceil: try call.attributes.flag("ceil_mode", default: false))
        let shape = Array(x.view.shape.prefix(2)) + geometry.out
        _ = try ShapeArithmetic.count(shape)
        let channels = shape[1]
        let view = dense(x.view, name: call.name)
        let made = newStorage(shape: shape)
        if isMaximum {
            for axis in geometry.axes {
                let isMet = (0..<axis.out).allSatisfy { index in
                    (0..<axis.kernel).contains { (0..<axis.size).contains(axis.position(index, $0)) }
                }
                guard isMet else { throw OperatorError("a window lies wholly in the padding") }
            }
            append(.maxPool(geometry, x: operand(view), channels: channels), to: made.storage, name: call.name)
        } else {
            let includesPadding = try call.attributes.flag("count_include_pad", default: false)
            let shares = geometry.divisors(includesPadding: includesPadding).map { 1 / Float($0) }
            append(
                .averagePool(geometry, x: operand(view), channels: channels, shares: shares), to: made.storage,
                name: call.name)
        }
        return .data(DataValue(view: made, type: x.type))
    }

    /// Also a ReduceMean over all axes behind the channels.
    func globalPool(_ call: LoweringCall) throws(OperatorError) -> PlanValue? {
        guard let x = call.data(0), x.view.rank >= 3, x.view.shape[0] == 1, x.type.isReal, call.isConstant(from: 1)
        else { return nil }
        let spatial = Array(2..<x.view.rank)
        var keeps = true
        if call.node.operation == "ReduceMean" {
            guard try OperatorTable.reducedAxes(try dryCall(call), rank: x.view.rank) == spatial else { return nil }
            keeps = try call.attributes.flag("keepdims", default: true)
        }
        let channels = x.view.shape[1]
        let view = channelsLast(x.view, name: call.name)
        let made = newStorage(shape: [1, channels] + (keeps ? spatial.map { _ in 1 } : []))
        append(
            .globalPool(
                x: operand(view), pixels: view.count / channels, channels: channels,
                isMaximum: call.node.operation == "GlobalMaxPool"), to: made.storage, name: call.name)
        return .data(DataValue(view: made, type: x.type))
    }

    func softmax(_ call: LoweringCall) throws(OperatorError) -> PlanValue? {
        guard let x = call.data(0), x.type.isReal else { return nil }
        let rank = x.view.rank
        let (axis, joins) = try OperatorTable.softmaxAxis(try dryCall(call), rank: rank)
        var order = Array(0..<rank)
        var length = x.view.shape[axis...].reduce(1, *)
        if !joins {
            order.remove(at: axis)
            order.append(axis)
            length = x.view.shape[axis]
        }
        let view = dense(x.view, order: order, name: call.name)
        let made = sameLayout(as: view)
        append(
            .softmax(
                x: operand(view), rows: view.count / length, length: length,
                isLogarithm: call.node.operation == "LogSoftmax"), to: made.storage, name: call.name)
        return .data(DataValue(view: made, type: x.type))
    }

    func resize(_ call: LoweringCall) throws(OperatorError) -> PlanValue? {
        guard let x = call.data(0), call.isConstant(from: 1), x.type.isReal, x.view.rank == 4 else { return nil }
        let plan = try ResizePlan(try dryCall(call), shape: x.view.shape)
        guard plan.axes[0] == nil, plan.axes[1] == nil, !plan.fillsOutside else { return nil }
        let view = dense(x.view, name: call.name)
        let made = newStorage(shape: plan.shape)
        append(
            .resize(
                rows: ResizeTaps(plan.axes[2], size: x.view.shape[2]),
                columns: ResizeTaps(plan.axes[3], size: x.view.shape[3]), x: operand(view), channels: plan.shape[1]),
            to: made.storage, name: call.name)
        return .data(DataValue(view: made, type: x.type))
    }

    /// QuantizeLinear and DequantizeLinear with one scale; the first two in a row become one rounding.
    func quantization(_ call: LoweringCall) throws(OperatorError) -> PlanValue? {
        guard let x = call.data(0), let scale = call.constant(1), call.isConstant(from: 1) else { return nil }
        let zero = call.constant(2)
        if call.node.operation == "QuantizeLinear" {
            guard scale.count == 1, zero?.count ?? 1 == 1, try call.attributes.int("output_dtype") == nil,
                x.type.isReal
            else { return nil }
            let type = zero?.type ?? .uint8
            guard let range = type.range, type.bits <= 16 else { return nil }
            let offset = zero?.reals[0] ?? 0
            let rounding = PointFunction(
                CK_QUANTIZE.rawValue, scale.reals[0], offset, Double(range.lowerBound) - offset,
                Double(range.upperBound) - offset)
            return .data(point(rounding, x, type: type, name: call.name))
        }
        if let zero, zero.type != x.type { throw OperatorError("a zero point of \(zero.type) for \(x.type)") }
        guard zero == nil || zero?.count == scale.count else { return nil }
        let (scales, zeros) = (scale.reals, zero?.reals ?? scale.reals.map { _ in 0 })
        if scales.count == 1 {
            if let index = soleProducer(x.view),
                case .pointwise(let before, let source, let count)? = steps[index]?.kind,
                before.code == Int32(CK_QUANTIZE.rawValue), before.parameters[0] == Float(scales[0]),
                before.parameters[1] == Float(zeros[0])
            {
                var both = before
                both.code = Int32(CK_REQUANTIZE.rawValue)
                steps[index]?.kind = .pointwise(both, x: source, count: count)
                return .data(DataValue(view: x.view, type: scale.type))
            }
            return .data(
                point(
                    PointFunction(CK_LINEAR.rawValue, scales[0], -zeros[0] * scales[0]), x, type: scale.type,
                    name: call.name))
        }
        guard try call.attributes.int("axis", default: 1) == 1, scale.rank == 1, x.view.rank >= 2,
            scale.count == x.view.shape[1]
        else { return nil }
        let made = affine(
            x, scale: scales.map { Float($0) }, shift: scales.indices.map { Float(-zeros[$0] * scales[$0]) },
            name: call.name)
        if case .data(let value)? = made { return .data(DataValue(view: value.view, type: scale.type)) }
        return made
    }
}
