/// Between floating-point numbers and integers that stand for them.
extension OperatorTable {
    static let quantization: [String: Operator] = [
        "QuantizeLinear": Operator(since: 10, 2...3, ["axis", "block_size", "output_dtype", "saturate"]) {
            call throws(OperatorError) in
            let (x, scale) = (try call.input(0), try call.input(1))
            let zero = call.optional(2)
            var type = zero?.type ?? .uint8
            if let code = try call.attributes.int("output_dtype"), code != 0 {
                guard let named = Int32(exactly: code).flatMap({ ElementType(rawValue: $0) }),
                    zero == nil || zero?.type == named
                else { throw OperatorError("attribute 'output_dtype' is \(code)") }
                type = named
            }
            let saturates = try call.attributes.flag("saturate", default: true)
            let spread = try Spread(call, x: x.shape, scale: scale, zero: zero)
            let (values, scales, zeros) = (x.floats, spread.scale.floats, spread.zero?.reals)
            // The division is in single precision, as runtimes do it: it decides which way halves are rounded.
            let quotients = values.indices.map { Double(values[$0] / scales[spread.position($0)]) }
            if type.isReal {
                guard let small = type.smallFloat else { throw OperatorError("a zero point of \(type)") }
                let result = quotients.indices.map { i in
                    small.round(quotients[i] + (zeros?[spread.position(i)] ?? 0), saturates: saturates)
                }
                return [Tensor(type, x.shape, reals: result)]
            }
            let result = quotients.indices.map { i in
                quotients[i].rounded(.toNearestOrEven) + (zeros?[spread.position(i)] ?? 0)
            }
            return [Tensor(type, x.shape, integers: result.map { type.saturated($0) })]
        },
        "DequantizeLinear": Operator(since: 10, 2...3, ["axis", "block_size"]) { call throws(OperatorError) in
            let (x, scale) = (try call.input(0), try call.input(1))
            let zero = call.optional(2)
            if let zero { try sameType(x, zero) }
            guard scale.type.isReal else { throw OperatorError("a scale of \(scale.type)") }
            let spread = try Spread(call, x: x.shape, scale: scale, zero: zero)
            let (values, scales, zeros) = (x.reals, spread.scale.reals, spread.zero?.reals)
            let result = values.indices.map { i in
                let position = spread.position(i)
                return (values[i] - (zeros?[position] ?? 0)) * scales[position]
            }
            return [Tensor(scale.type, x.shape, reals: result)]
        },
        "DynamicQuantizeLinear": Operator(since: 11, 1...1) { call throws(OperatorError) in
            let x = try call.input(0)
            guard x.type == .float else { throw OperatorError("its input holds \(x.type), not float") }
            let values = x.floats
            let (low, high) = (min(0, values.min() ?? 0), max(0, values.max() ?? 0))
            let scale = (high - low) / 255
            let zero = scale == 0 ? 0 : ElementType.uint8.saturated(Double((-low / scale).rounded(.toNearestOrEven)))
            let result = values.map { value in
                scale == 0
                    ? zero
                    : ElementType.uint8.saturated(Double((value / scale).rounded(.toNearestOrEven)) + Double(zero))
            }
            return [
                Tensor(.uint8, x.shape, integers: result), Tensor(.float, [], .float([scale])),
                Tensor(.uint8, [], integers: [zero]),
            ]
        },
    ]
}

extension ElementType {
    /// The nearest value of this integer type to a whole number.
    func saturated(_ value: Double) -> Int64 {
        let whole = Int64(saturating: value)
        guard let range else { return whole }
        return min(max(whole, range.lowerBound), range.upperBound)
    }
}

/// Which scale and zero point belong to each value: one for all, one for each index of an axis, or one for each block
/// along an axis.
private struct Spread {
    let scale: Tensor
    let zero: Tensor?
    private let step, size, block, blocks: Int

    init(_ call: OperatorCall, x: [Int], scale: Tensor, zero: Tensor?) throws(OperatorError) {
        self.scale = scale
        self.zero = zero
        guard zero == nil || zero?.count == scale.count else {
            throw OperatorError("a scale of shape \(scale.shape), but a zero point of \(zero?.shape ?? [])")
        }
        if scale.count == 1 && scale.rank <= 1 {
            (step, size, block, blocks) = (1, 1, 1, 1)
            return
        }
        let axis = try ShapeArithmetic.axis(try call.attributes.int("axis", default: 1), rank: x.count)
        step = Tensor.strides(x)[axis]
        size = max(x[axis], 1)
        let given = try call.attributes.int("block_size", default: 0)
        if given == 0 {
            guard scale.shape == [x[axis]] else {
                throw OperatorError("a scale of shape \(scale.shape) for dimension \(axis) of \(x)")
            }
            (block, blocks) = (1, size)
            return
        }
        guard given > 0 else { throw OperatorError("attribute 'block_size' is \(given)") }
        var expected = x
        expected[axis] = (x[axis] + given - 1) / given
        guard scale.shape == expected else {
            throw OperatorError(
                "a scale of shape \(scale.shape) for blocks of \(given) along dimension \(axis) of \(x)")
        }
        (block, blocks) = (given, max(expected[axis], 1))
    }

    func position(_ index: Int) -> Int {
        if scale.count == 1 { return 0 }
        let along = index / step % size
        // Without blocks the scale has this one axis; with them, all the others too.
        if block == 1 && scale.rank == 1 { return along }
        return (index / (step * size) * blocks + along / block) * step + index % step
    }
}

/// The eight first inputs of QLinearConv and QLinearMatMul: two quantized tensors and the result's scale and zero.
struct QuantizedInputs {
    let first, second: Tensor
    let firstZero: Double
    let secondZero: Tensor
    private let firstScale, resultScale: Double
    private let secondScale: [Double]
    private let resultZero: Tensor

    init(_ call: OperatorCall, second index: Int) throws(OperatorError) {
        first = try call.input(0)
        second = try call.input(index)
        guard !first.type.isReal, !second.type.isReal else { throw OperatorError("its inputs are not integers") }
        guard let scale = try call.scalar(1), let zero = try call.scalar(2), let made = try call.scalar(6),
            let made0 = try call.scalar(7)
        else { throw OperatorError("a scale or a zero point is missing") }
        (firstScale, firstZero, resultScale, resultZero) = (scale.reals[0], zero.reals[0], made.reals[0], made0)
        secondScale = try call.input(index + 1).reals
        secondZero = try call.input(index + 2)
        guard !resultZero.type.isReal else { throw OperatorError("a zero point of \(resultZero.type)") }
    }

    /// What a sum of products of integers is multiplied by, for each output channel.
    func factors(count: Int) throws(OperatorError) -> [Double] {
        guard secondScale.count == 1 || secondScale.count == count else {
            throw OperatorError("\(secondScale.count) scales for \(count) outputs")
        }
        return (0..<count).map { firstScale * secondScale[secondScale.count == 1 ? 0 : $0] / resultScale }
    }

    func quantize(_ values: [Double], _ shape: [Int]) -> Tensor {
        let (type, zero) = (resultZero.type, resultZero.reals[0])
        return Tensor(
            type, shape, integers: values.map { type.saturated($0.rounded(.toNearestOrEven) + zero) })
    }
}
