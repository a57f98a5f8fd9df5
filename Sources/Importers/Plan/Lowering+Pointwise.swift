import CKernels
import Compute

/// Functions of single values, and arithmetic between tensors.
extension PlanBuilder {
    /// Appends a function of every value, or makes it part of the step before where that has such an epilogue.
    ///
    /// - Parameter inPlace: whether the input's memory may be taken when nothing else reads it.
    func point(
        _ function: PointFunction, _ x: DataValue, type: ElementType? = nil, name: String, inPlace: Bool = true
    ) -> DataValue {
        let view = full(x.view, name: name)
        let target = inPlace && isLastReader(view) ? view : sameLayout(as: view)
        append(.pointwise(function, x: operand(view), count: view.count), to: target.storage, name: name)
        return DataValue(view: target, type: type ?? x.type)
    }

    /// A new storage with the layout of a full view.
    func sameLayout(as view: View) -> View {
        let made = newStorage(shape: [view.count])
        return View(storage: made.storage, dims: view.dims)
    }

    /// An activation that kernels have as an epilogue.
    func activate(_ activation: Activation, _ x: DataValue, name: String) -> DataValue {
        if let index = soleProducer(x.view), let kind = steps[index]?.kind {
            switch kind {
            case .convolution(let planned, _) where planned.activation == .none:
                planned.activation = activation
                return x
            case .add(let a, let b, let count, .none):
                steps[index]?.kind = .add(a: a, b: b, count: count, activation: activation)
                return x
            case .affine(let affine, let source, let pixels, .none):
                steps[index]?.kind = .affine(affine, x: source, pixels: pixels, activation: activation)
                return x
            case .perChannel(let source, let factor, let term, let pixels, let channels, .none):
                steps[index]?.kind = .perChannel(
                    x: source, factor: factor, term: term, pixels: pixels, channels: channels, activation: activation)
                return x
            default: break
            }
        }
        let function: PointFunction =
            switch activation {
            case .none: PointFunction(CK_LINEAR.rawValue, 1)
            case .relu: PointFunction(CK_RELU_FUNCTION.rawValue)
            case .relu6: PointFunction(CK_CLIP.rawValue, 0, 6)
            case .hardSwish: PointFunction(CK_HARD_SWISH.rawValue)
            }
        return point(function, x, name: name)
    }

    /// Operators of one value at a time.
    func function(_ call: LoweringCall) throws(OperatorError) -> PlanValue? {
        guard let x = call.data(0), call.isConstant(from: 1), x.type.isReal else { return nil }
        let attributes = call.attributes
        let code: ck_function
        var (a, b) = (0.0, 0.0)
        switch call.node.operation {
        case "Relu": return .data(activate(.relu, x, name: call.name))
        case "HardSwish": return .data(activate(.hardSwish, x, name: call.name))
        case "Clip":
            let low = try attributes.real("min") ?? call.constant(1)?.reals.first ?? -.infinity
            let high = try attributes.real("max") ?? call.constant(2)?.reals.first ?? .infinity
            if low == 0 && high == .infinity { return .data(activate(.relu, x, name: call.name)) }
            if low == 0 && high == 6 { return .data(activate(.relu6, x, name: call.name)) }
            (code, a, b) = (CK_CLIP, low, high)
        case "LeakyRelu": (code, a) = (CK_LEAKY, try attributes.real("alpha", default: 0.01))
        case "HardSigmoid":
            a = try attributes.real("alpha", default: 0.2)
            b = try attributes.real("beta", default: 0.5)
            code = CK_HARD_SIGMOID
        case "Elu": (code, a) = (CK_ELU, try attributes.real("alpha", default: 1))
        case "Gelu":
            let approximate = try attributes.string("approximate", default: "none")
            code = approximate == "tanh" ? CK_GELU_TANH : CK_GELU
        case "Sigmoid": code = CK_SIGMOID
        case "Tanh": code = CK_TANH
        case "Mish": code = CK_MISH
        case "Exp": code = CK_EXP
        case "Sqrt": code = CK_SQRT
        case "Neg": (code, a) = (CK_LINEAR, -1)
        default: return nil
        }
        return .data(point(PointFunction(code.rawValue, a, b), x, name: call.name))
    }

    func prelu(_ call: LoweringCall) throws(OperatorError) -> PlanValue? {
        guard let x = call.data(0), let slope = call.constant(1), x.type.isReal else { return nil }
        if slope.count == 1 {
            return .data(point(PointFunction(CK_LEAKY.rawValue, slope.reals[0]), x, name: call.name))
        }
        guard let channels = channelValues(slope, of: x.view.shape) else { return nil }
        let view = channelsLast(x.view, name: call.name)
        let target = isLastReader(view) ? view : sameLayout(as: view)
        append(
            .prelu(x: operand(view), slope: channels, pixels: view.count / channels.count), to: target.storage,
            name: call.name)
        return .data(DataValue(view: target, type: x.type))
    }

    // MARK: Arithmetic

    func binary(_ call: LoweringCall) throws(OperatorError) -> PlanValue? {
        guard call.inputs.count == 2, call.data.allSatisfy({ $0.type.isReal }) else { return nil }
        let operation = call.node.operation == "Sum" ? "Add" : call.node.operation
        if let x = call.data(0), let y = call.data(1) {
            guard x.type == y.type else { throw OperatorError("its inputs hold \(x.type) and \(y.type), not one type") }
            return try combined(operation, x, y, name: call.name)
        }
        guard let x = call.data.first, let constant = call.constant(0) ?? call.constant(1) else { return nil }
        return try withConstant(operation, x, constant, isFirst: call.data(0) != nil, name: call.name)
    }

    /// x op constant, or constant op x.
    private func withConstant(
        _ operation: String, _ x: DataValue, _ constant: Tensor, isFirst: Bool, name: String
    ) throws(OperatorError) -> PlanValue? {
        guard constant.type.isReal else { throw OperatorError("its inputs hold \(x.type) and \(constant.type)") }
        let shape = x.view.shape
        guard try ShapeArithmetic.broadcast(shape, constant.shape) == shape else { return nil }
        let values: [Float]
        if constant.count == 1 {
            let value = constant.reals[0]
            if operation == "Min" || operation == "Max" {
                let limits = operation == "Min" ? (-Double.infinity, value) : (value, .infinity)
                return .data(point(PointFunction(CK_CLIP.rawValue, limits.0, limits.1), x, name: name))
            }
            guard shape.count >= 2 else { return nil }
            values = [Float](repeating: Float(value), count: shape[1])
        } else {
            guard let found = channelValues(constant, of: shape) else { return nil }
            values = found
        }
        let (ones, zeros) = (values.map { _ in Float(1) }, values.map { _ in Float(0) })
        switch (operation, isFirst) {
        case ("Add", _): return affine(x, scale: ones, shift: values, name: name)
        case ("Mul", _): return affine(x, scale: values, shift: zeros, name: name)
        case ("Sub", true): return affine(x, scale: ones, shift: values.map { -$0 }, name: name)
        case ("Sub", false): return affine(x, scale: ones.map { -$0 }, shift: values, name: name)
        case ("Div", true) where !values.contains(0):
            return affine(x, scale: values.map { 1 / $0 }, shift: zeros, name: name)
        default: return nil
        }
    }

    /// Two values that depend on the image.
    private func combined(
        _ operation: String, _ x: DataValue, _ y: DataValue, name: String
    ) throws(OperatorError) -> PlanValue? {
        let shape = try ShapeArithmetic.broadcast(x.view.shape, y.view.shape)
        if operation == "Mul", let made = gated(x, y, name: name) ?? gated(y, x, name: name) { return .data(made) }
        // One value a channel of the same image, as squeeze-and-excitation has it.
        for (image, other) in [(x, y), (y, x)] where operation == "Mul" || operation == "Add" {
            guard image.view.shape == shape, let channels = channelView(other.view, of: shape) else { continue }
            let from = channelsLast(image.view, name: name)
            let values = full(channels, name: name)
            let target = isLastReader(from) ? from : sameLayout(as: from)
            let count = values.count
            append(
                .perChannel(
                    x: operand(from), factor: operation == "Mul" ? operand(values) : nil,
                    term: operation == "Add" ? operand(values) : nil, pixels: from.count / count, channels: count,
                    activation: .none), to: target.storage, name: name)
            return .data(DataValue(view: target, type: x.type))
        }
        var (a, b) = (x.view.expanded(shape), y.view.expanded(shape))
        if a.dims != b.dims || !a.isFull {
            (a, b) = (dense(a, name: name), dense(b, name: name))
        }
        let target = isLastReader(a) ? a : isLastReader(b) ? b : sameLayout(as: a)
        let kind: PlanStep.Kind
        switch operation {
        case "Add": kind = .add(a: operand(a), b: operand(b), count: a.count, activation: .none)
        case "Sub": kind = .binary(BinaryFunction(CK_SUBTRACT.rawValue), a: operand(a), b: operand(b), count: a.count)
        case "Mul": kind = .binary(BinaryFunction(CK_MULTIPLY.rawValue), a: operand(a), b: operand(b), count: a.count)
        case "Div": kind = .binary(BinaryFunction(CK_DIVIDE.rawValue), a: operand(a), b: operand(b), count: a.count)
        case "Min": kind = .binary(BinaryFunction(CK_MINIMUM.rawValue), a: operand(a), b: operand(b), count: a.count)
        default: kind = .binary(BinaryFunction(CK_MAXIMUM.rawValue), a: operand(a), b: operand(b), count: a.count)
        }
        append(kind, to: target.storage, name: name)
        return .data(DataValue(view: target, type: x.type))
    }

    /// x sigmoid(x) or x hardSigmoid(x) as one function.
    private func gated(_ x: DataValue, _ gate: DataValue, name: String) -> DataValue? {
        guard let index = soleProducer(gate.view), case .pointwise(let function, let source, _)? = steps[index]?.kind,
            case .storage(x.view.storage, x.view.offset) = source, gate.view.storage != x.view.storage,
            gate.view.dims == x.view.dims, writers[x.view.storage].map({ $0 < index }) ?? true
        else { return nil }
        let isSwish = function == PointFunction(CK_HARD_SIGMOID.rawValue, 1.0 / 6, 0.5)
        guard isSwish || function.code == Int32(CK_SIGMOID.rawValue) else { return nil }
        remove(index)
        if isSwish { return activate(.hardSwish, x, name: name) }
        return point(PointFunction(CK_SILU.rawValue), x, name: name)
    }

    // MARK: Channels

    /// The values for each channel (dimension 1) of a constant that broadcasts along all others.
    func channelValues(_ constant: Tensor, of shape: [Int]) -> [Float]? {
        guard shape.count >= 2 else { return nil }
        let padded = [Int](repeating: 1, count: max(shape.count - constant.rank, 0)) + constant.shape
        guard padded.count == shape.count,
            padded.indices.allSatisfy({ padded[$0] == 1 || ($0 == 1 && padded[1] == shape[1]) })
        else { return nil }
        let values = constant.floats
        return values.count == 1 ? [Float](repeating: values[0], count: shape[1]) : values
    }

    /// The view of values for each channel of an image, N,C,1,1.
    private func channelView(_ view: View, of shape: [Int]) -> View? {
        guard shape.count >= 3, view.rank == shape.count else { return nil }
        let own = view.shape
        guard own.indices.allSatisfy({ $0 == 1 ? own[1] == shape[1] : own[$0] == 1 }), shape[1] > 1 else { return nil }
        return view
    }

    /// The view with dimension 1 contiguous and the others dense before it.
    func channelsLast(_ view: View, name: String) -> View {
        if view.isFull, view.shape[1] == 1 || view.stride(1) == 1 { return view }
        var order = Array(0..<view.rank)
        order.remove(at: 1)
        return dense(view, order: order + [1], name: name)
    }

    /// scale x + shift for each channel: part of the step before where that is linear, else a step of its own.
    func affine(_ x: DataValue, scale: [Float], shift: [Float], name: String) -> PlanValue? {
        guard x.view.rank >= 2 else { return nil }
        if let index = soleProducer(x.view), x.view.stride(1) == 1 || x.view.shape[1] == 1 {
            switch steps[index]?.kind {
            case .convolution(let planned, _)?
            where planned.activation == .none && planned.geometry.outputs == scale.count:
                planned.append(scale: scale, shift: shift)
                return .data(x)
            case .affine(let before, _, _, .none)? where before.scale.count == scale.count:
                before.append(scale: scale, shift: shift)
                return .data(x)
            default: break
            }
        }
        let view = channelsLast(x.view, name: name)
        let target = sameLayout(as: view)
        append(
            .affine(
                PlannedAffine(scale: scale, shift: shift), x: operand(view), pixels: view.count / scale.count,
                activation: .none), to: target.storage, name: name)
        return .data(DataValue(view: target, type: x.type))
    }
}
