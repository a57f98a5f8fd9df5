/// Convolutions of any number of dimensions.
extension OperatorTable {
    static let convolutions: [String: Operator] = [
        "Conv": Operator(2...3, WindowGeometry.attributes.union(["group"])) { call throws(OperatorError) in
            let (x, w, bias) = (try call.input(0), try call.input(1), call.optional(2))
            guard x.type.isReal, w.type == x.type else {
                throw OperatorError("it convolves \(x.type) with \(w.type), where both must be one float type")
            }
            let shape = try ConvolutionShape(call.attributes, x: x.shape, w: w.shape, bias: bias?.shape)
            let result = try shape.convolve(x.reals, w.reals, bias: bias?.reals, budget: call.budget)
            return [Tensor(x.type, shape.result, reals: result)]
        },
        "ConvInteger": Operator(since: 10, 2...4, WindowGeometry.attributes.union(["group"])) {
            call throws(OperatorError) in
            let (x, w) = (try call.input(0), try call.input(1))
            guard !x.type.isReal, !w.type.isReal else { throw OperatorError("its inputs are not integers") }
            let shape = try ConvolutionShape(call.attributes, x: x.shape, w: w.shape, bias: nil)
            let zero = try call.scalar(2)?.reals[0] ?? 0
            let weights = try centred(w, zero: call.optional(3), axis: 0)
            let result = try shape.convolve(x.reals.map { $0 - zero }, weights, bias: nil, budget: call.budget)
            return [Tensor(.int32, shape.result, integers: result.map { Int64($0) })]
        },
        "QLinearConv": Operator(since: 10, 8...9, WindowGeometry.attributes.union(["group"])) {
            call throws(OperatorError) in
            let quantized = try QuantizedInputs(call, second: 3)
            let (x, w, bias) = (quantized.first, quantized.second, call.optional(8))
            let shape = try ConvolutionShape(call.attributes, x: x.shape, w: w.shape, bias: bias?.shape)
            let zero = quantized.firstZero
            let weights = try centred(w, zero: quantized.secondZero, axis: 0)
            let sums = try shape.convolve(
                x.reals.map { $0 - zero }, weights, bias: bias?.reals, budget: call.budget)
            let factors = try quantized.factors(count: shape.outputs)
            let area = shape.geometry.out.reduce(1, *)
            let scaled = sums.indices.map { sums[$0] * factors[$0 / area % shape.outputs] }
            return [quantized.quantize(scaled, shape.result)]
        },
    ]

    /// Integers less their zero point, which is one value or one for each index of `axis`.
    static func centred(_ tensor: Tensor, zero: Tensor?, axis: Int) throws(OperatorError) -> [Double] {
        let values = tensor.reals
        guard let zero else { return values }
        guard zero.type == tensor.type else {
            throw OperatorError("a zero point of \(zero.type) for values of \(tensor.type)")
        }
        let zeros = zero.reals
        if zeros.count == 1 { return values.map { $0 - zeros[0] } }
        guard tensor.rank > 0, zero.count == tensor.shape[axis] else {
            throw OperatorError("a zero point of shape \(zero.shape) for values of shape \(tensor.shape)")
        }
        let step = Tensor.strides(tensor.shape)[axis]
        return values.indices.map { values[$0] - zeros[$0 / step % zeros.count] }
    }
}

/// The sizes of a convolution, checked: x is N,C,..., w is M,C/group,..., the result N,M,....
struct ConvolutionShape {
    let geometry: WindowGeometry
    let images, channels, outputs, groups: Int
    var result: [Int] { [images, outputs] + geometry.out }

    init(_ attributes: Attributes, x: [Int], w: [Int], bias: [Int]?) throws(OperatorError) {
        guard x.count >= 3, w.count == x.count else {
            throw OperatorError("an input of shape \(x) and weights of shape \(w) do not make a convolution")
        }
        groups = try attributes.int("group", default: 1)
        (images, channels, outputs) = (x[0], x[1], w[0])
        guard groups >= 1, outputs >= 1, channels >= 1, channels % groups == 0, outputs % groups == 0,
            w[1] == channels / groups
        else {
            throw OperatorError("weights of shape \(w) and \(groups) groups do not fit an input of shape \(x)")
        }
        guard bias == nil || bias == [outputs] else {
            throw OperatorError("a bias of shape \(bias ?? []) for \(outputs) outputs")
        }
        geometry = try WindowGeometry(attributes, spatial: Array(x.dropFirst(2)), kernel: Array(w.dropFirst(2)))
        _ = try ShapeArithmetic.count([images, outputs] + geometry.out)
    }

    /// The plain sum over taps and channels, in double precision.
    func convolve(
        _ x: [Double], _ w: [Double], bias: [Double]?, budget: WorkBudget
    ) throws(OperatorError) -> [Double] {
        let (inner, perGroup) = (channels / groups, outputs / groups)
        let (area, plane, taps) = (geometry.out.reduce(1, *), geometry.axes.reduce(1) { $0 * $1.size }, geometry.taps)
        try budget.spend(images, outputs, area, taps, inner)
        try budget.spend(area, taps, 16)
        var y = [Double](repeating: 0, count: images * outputs * area)
        y.withUnsafeMutableBufferPointer { y in
            x.withUnsafeBufferPointer { x in
                w.withUnsafeBufferPointer { w in
                    geometry.forEachOutput { output, inside in
                        for image in 0..<images {
                            for m in 0..<outputs {
                                var sum = bias?[m] ?? 0
                                let from = (image * channels + m / perGroup * inner) * plane
                                let weights = m * inner * taps
                                for (tap, offset) in inside {
                                    for c in 0..<inner {
                                        sum += x[from + c * plane + offset] * w[weights + c * taps + tap]
                                    }
                                }
                                y[(image * outputs + m) * area + output] = sum
                            }
                        }
                    }
                }
            }
        }
        return y
    }
}
