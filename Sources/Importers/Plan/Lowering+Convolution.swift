import CKernels
import Compute

/// Convolutions and matrix products with constant weights.
extension PlanBuilder {
    func convolution(_ call: LoweringCall) throws(OperatorError) -> PlanValue? {
        guard let x = call.data(0), let weights = call.constant(1), call.isConstant(from: 1) else { return nil }
        let shape = try ConvolutionShape(
            call.attributes, x: x.view.shape, w: weights.shape, bias: call.constant(2)?.shape)
        return try convolve(
            x, shape: shape, weights: weights.floats, bias: call.constant(2)?.floats, name: call.name)
    }

    /// `nil` where the kernels have no such geometry.
    private func convolve(
        _ x: DataValue, shape: ConvolutionShape, weights: [Float], bias: [Float]?, name: String
    ) throws(OperatorError) -> PlanValue? {
        // A row of pixels is an image of height 1.
        var axes = shape.geometry.axes
        if axes.count == 1 {
            axes.insert(WindowAxis(size: 1, kernel: 1, stride: 1, dilation: 1, before: 0, after: 0, out: 1), at: 0)
        }
        guard axes.count == 2, shape.images == 1 else { return nil }
        var (vertical, horizontal) = (axes[0], axes[1])
        // A single output along an axis has no stride.
        if vertical.out == 1 {
            vertical.stride = horizontal.stride
        } else if horizontal.out == 1 {
            horizontal.stride = vertical.stride
        }
        guard vertical.stride == horizontal.stride else { return nil }
        // The last window may end before the padding does.
        func after(_ axis: WindowAxis) -> Int {
            (axis.out - 1) * axis.stride + (axis.kernel - 1) * axis.dilation + 1 - axis.size - axis.before
        }
        let geometry = ConvolutionGeometry(
            height: vertical.size, width: horizontal.size, channels: shape.channels, outputs: shape.outputs,
            kernelHeight: vertical.kernel, kernelWidth: horizontal.kernel, stride: vertical.stride,
            padTop: vertical.before, padLeft: horizontal.before, padBottom: max(after(vertical), 0),
            padRight: max(after(horizontal), 0), groups: shape.groups, dilationHeight: vertical.dilation,
            dilationWidth: horizontal.dilation)
        guard geometry.outHeight == vertical.out, geometry.outWidth == horizontal.out else { return nil }
        try checkPanel(geometry)

        let inner = shape.channels / shape.groups
        let taps = geometry.taps
        // From O,I,KH,KW to O,KH,KW,I.
        var arranged = [Float](repeating: 0, count: weights.count)
        for o in 0..<shape.outputs {
            for c in 0..<inner {
                let (from, to) = ((o * inner + c) * taps, o * inner * taps + c)
                for t in 0..<taps { arranged[to + t * inner] = weights[from + t] }
            }
        }
        let planned = PlannedConvolution(
            geometry: geometry, weights: arranged, bias: bias ?? [Float](repeating: 0, count: shape.outputs))

        var source = x.view
        if let (before, operand) = takeAffine(before: source) {
            planned.before = before
            return appendConvolution(planned, x: operand, shape: shape.result, type: x.type, name: name)
        }
        source = dense(source, order: source.rank == 4 ? [0, 2, 3, 1] : [0, 2, 1], name: name)
        return appendConvolution(planned, x: operand(source), shape: shape.result, type: x.type, name: name)
    }

    private func appendConvolution(
        _ planned: PlannedConvolution, x: PlanStep.Operand, shape: [Int], type: ElementType, name: String
    ) -> PlanValue {
        let made = newStorage(shape: shape, order: shape.count == 4 ? [0, 2, 3, 1] : [0, 2, 1])
        append(.convolution(planned, x: x), to: made.storage, name: name)
        return .data(DataValue(view: made, type: type))
    }

    /// The kernels count in 32 bits within one image.
    private func checkPanel(_ g: ConvolutionGeometry) throws(OperatorError) {
        let panel = (g.height + g.padTop + g.padBottom) * (g.width + g.padLeft + g.padRight)
        guard panel <= 1 << 24, panel * g.channels <= 1 << 28, g.outHeight * g.outWidth * g.outputs <= 1 << 28 else {
            throw .unsupported("an image of \(g.height) x \(g.width) with \(g.channels) channels is too large")
        }
    }

    /// Takes the affine step that made a convolution's input, where nothing else reads it: it is applied on the way
    /// into the convolution's panel.
    private func takeAffine(
        before view: View
    ) -> (before: (scale: [Float], shift: [Float], activation: Activation), PlanStep.Operand)? {
        guard let index = soleProducer(view), view.rank == 4, view.isDense(order: [0, 2, 3, 1]),
            case .affine(let affine, let x, _, let activation)? = steps[index]?.kind,
            case .storage(let source, _) = x, affine.scale.count == view.shape[1],
            // What the affine step read must still be there.
            writers[source].map({ $0 < index }) ?? true, source != view.storage
        else { return nil }
        remove(index)
        return ((affine.scale, affine.shift, activation), x)
    }

    /// Removes a step whose work another has taken over.
    func remove(_ index: Int) {
        for storage in steps[index]?.inputs ?? [] { reads[storage] -= 1 }
        steps[index] = nil
    }

    // MARK: Quantized

    /// A convolution of integers as one of the numbers that they stand for, and a rounding behind it.
    func quantizedConvolution(_ call: LoweringCall) throws(OperatorError) -> PlanValue? {
        guard let x = call.data(0), call.isConstant(from: 1), let weights = call.constant(3) else { return nil }
        guard let scale = call.constant(1), let zero = call.constant(2), scale.count == 1, zero.count == 1,
            let steps = call.constant(4), let zeros = call.constant(5), let made = call.constant(6),
            let madeZero = call.constant(7), made.count == 1, madeZero.count == 1, let range = madeZero.type.range
        else { return nil }
        let bias = call.constant(8)
        let shape = try ConvolutionShape(call.attributes, x: x.view.shape, w: weights.shape, bias: bias?.shape)
        let centred = try OperatorTable.centred(weights, zero: zeros, axis: 0)
        let factors = steps.reals
        guard factors.count == 1 || factors.count == shape.outputs else {
            throw OperatorError("\(factors.count) scales for \(shape.outputs) outputs")
        }
        let depth = centred.count / shape.outputs
        func factor(_ output: Int) -> Double { factors[factors.count == 1 ? 0 : output] }
        let real = centred.indices.map { Float(centred[$0] * factor($0 / depth)) }
        let step = scale.reals[0]
        let realBias = bias.map { $0.reals.enumerated().map { Float($1 * step * factor($0)) } }
        let source = point(
            PointFunction(CK_LINEAR.rawValue, step, -zero.reals[0] * step), x, type: .float, name: call.name,
            inPlace: false)
        guard
            case .data(let sum)? = try convolve(
                source, shape: shape, weights: real, bias: realBias, name: call.name)
        else { return nil }
        let offset = madeZero.reals[0]
        let rounding = PointFunction(
            CK_QUANTIZE.rawValue, made.reals[0], offset, Double(range.lowerBound) - offset,
            Double(range.upperBound) - offset)
        return .data(point(rounding, sum, type: madeZero.type, name: call.name))
    }

    // MARK: Matrices

    func gemm(_ call: LoweringCall) throws(OperatorError) -> PlanValue? {
        guard let x = call.data(0), let b = call.constant(1), call.isConstant(from: 1), x.type.isReal,
            try !call.attributes.flag("transA", default: false)
        else { return nil }
        guard x.view.rank == 2, b.rank == 2 else {
            throw OperatorError("it multiplies matrices, not tensors of shape \(x.view.shape) and \(b.shape)")
        }
        let isTransposed = try call.attributes.flag("transB", default: false)
        let alpha = Float(try call.attributes.real("alpha", default: 1))
        let beta = Float(try call.attributes.real("beta", default: 1))
        let (depth, outputs) = isTransposed ? (b.shape[1], b.shape[0]) : (b.shape[0], b.shape[1])
        var bias: [Float]?
        if let c = call.constant(2) {
            guard try ShapeArithmetic.broadcast([1, outputs], c.shape) == [1, outputs] else { return nil }
            bias = c.expanded([1, outputs]).floats.map { beta * $0 }
        }
        var weights = isTransposed ? b.floats : b.transposedMatrix.floats
        if alpha != 1 { weights = weights.map { alpha * $0 } }
        return try linear(x, weights: weights, depth: depth, outputs: outputs, bias: bias, name: call.name)
    }

    func matrixProduct(_ call: LoweringCall) throws(OperatorError) -> PlanValue? {
        guard let x = call.data(0), let b = call.constant(1), b.rank == 2, x.view.rank >= 2, x.type.isReal else {
            return nil
        }
        return try linear(
            x, weights: b.transposedMatrix.floats, depth: b.shape[0], outputs: b.shape[1], bias: nil, name: call.name)
    }

    /// The last dimension times weights O,I.
    private func linear(
        _ x: DataValue, weights: [Float], depth: Int, outputs: Int, bias: [Float]?, name: String
    ) throws(OperatorError) -> PlanValue? {
        let shape = x.view.shape
        guard shape.last == depth, depth > 0, outputs > 0 else {
            throw OperatorError("an input of shape \(shape) and a matrix of \(depth) rows do not multiply")
        }
        let rows = x.view.count / depth
        var source = x.view
        var arranged = weights
        if rows == 1, source.isFull {
            // Whatever the order of the values in memory, the weights can have the same.
            let order = positions(of: source)
            if order != Array(0..<depth) {
                for o in 0..<outputs { for i in 0..<depth { arranged[o * depth + order[i]] = weights[o * depth + i] } }
            }
        } else {
            source = dense(source, order: Array(0..<shape.count), name: name)
        }
        let geometry = ConvolutionGeometry(
            height: rows, width: 1, channels: depth, outputs: outputs, kernelHeight: 1, kernelWidth: 1, stride: 1,
            padTop: 0, padLeft: 0, padBottom: 0, padRight: 0, groups: 1)
        try checkPanel(geometry)
        let planned = PlannedConvolution(
            geometry: geometry, weights: arranged, bias: bias ?? [Float](repeating: 0, count: outputs))
        let made = newStorage(shape: shape.dropLast() + [outputs], order: Array(0..<shape.count))
        append(.convolution(planned, x: operand(source)), to: made.storage, name: name)
        return .data(DataValue(view: made, type: x.type))
    }

    /// Where each element lies, from the first on, in logical order.
    private func positions(of view: View) -> [Int] {
        var result = [0]
        for atom in view.dims.flatMap({ $0 }) {
            result = result.flatMap { start in (0..<atom.size).map { start + $0 * atom.stride } }
        }
        return result
    }
}
