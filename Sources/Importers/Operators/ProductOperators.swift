/// Products of matrices.
extension OperatorTable {
    static let products: [String: Operator] = [
        "Gemm": Operator(since: 7, 2...3, ["alpha", "beta", "transA", "transB"]) { call throws(OperatorError) in
            let (a, b) = (try call.input(0), try call.input(1))
            try sameType(a, b)
            guard a.rank == 2, b.rank == 2 else {
                throw OperatorError("it multiplies matrices, not tensors of shape \(a.shape) and \(b.shape)")
            }
            let left = try call.attributes.flag("transA", default: false) ? a.transposedMatrix : a
            let right = try call.attributes.flag("transB", default: false) ? b.transposedMatrix : b
            let alpha = try call.attributes.real("alpha", default: 1)
            let beta = try call.attributes.real("beta", default: 1)
            var (shape, result) = try multiply(left, right, left.reals, right.reals, call.budget)
            for i in result.indices { result[i] *= alpha }
            if let c = call.optional(2) {
                guard try ShapeArithmetic.broadcast(shape, c.shape) == shape else {
                    throw OperatorError("a bias of shape \(c.shape) does not broadcast to \(shape)")
                }
                let bias = c.expanded(shape).reals
                for i in result.indices { result[i] += beta * bias[i] }
            }
            if a.type.isReal { return [Tensor(a.type, shape, reals: result)] }
            return [Tensor(a.type, shape, integers: result.map { Int64(saturating: $0) })]
        },
        "MatMul": Operator(2...2) { call throws(OperatorError) in
            let (a, b) = (try call.input(0), try call.input(1))
            try sameType(a, b)
            let (shape, result) = try multiply(a, b, a.reals, b.reals, call.budget)
            if a.type.isReal { return [Tensor(a.type, shape, reals: result)] }
            return [Tensor(a.type, shape, integers: result.map { Int64(saturating: $0) })]
        },
        "MatMulInteger": Operator(since: 10, 2...4) { call throws(OperatorError) in
            let (a, b) = (try call.input(0), try call.input(1))
            guard !a.type.isReal, !b.type.isReal else { throw OperatorError("its inputs are not integers") }
            let (shape, result) = try multiply(
                a, b, try centred(a, zero: call.optional(2), axis: max(a.rank - 2, 0)),
                try centred(b, zero: call.optional(3), axis: max(b.rank - 1, 0)), call.budget)
            return [Tensor(.int32, shape, integers: result.map { Int64($0) })]
        },
        "QLinearMatMul": Operator(since: 10, 8...8) { call throws(OperatorError) in
            let quantized = try QuantizedInputs(call, second: 3)
            let (a, b) = (quantized.first, quantized.second)
            let zero = quantized.firstZero
            let (shape, sums) = try multiply(
                a, b, a.reals.map { $0 - zero }, try centred(b, zero: quantized.secondZero, axis: max(b.rank - 1, 0)),
                call.budget)
            let columns = shape.last ?? 1
            let factors = try quantized.factors(count: columns)
            return [quantized.quantize(sums.indices.map { sums[$0] * factors[$0 % columns] }, shape)]
        },
    ]

    /// numpy's matmul of values that lie in the shapes of `a` and `b`.
    private static func multiply(
        _ a: Tensor, _ b: Tensor, _ x: [Double], _ y: [Double], _ budget: WorkBudget
    ) throws(OperatorError) -> ([Int], [Double]) {
        guard a.rank >= 1, b.rank >= 1 else { throw OperatorError("it does not multiply single values") }
        let left = a.rank == 1 ? [1] + a.shape : a.shape
        let right = b.rank == 1 ? b.shape + [1] : b.shape
        let (m, k, n) = (left[left.count - 2], left[left.count - 1], right[right.count - 1])
        guard right[right.count - 2] == k else {
            throw OperatorError("the shapes \(a.shape) and \(b.shape) do not multiply")
        }
        let batch = try ShapeArithmetic.broadcast(Array(left.dropLast(2)), Array(right.dropLast(2)))
        let count = try ShapeArithmetic.count(batch + [m, n])
        try budget.spend(count, k)
        // Which matrix of either side each product takes.
        func matrices(_ shape: ArraySlice<Int>) -> [Int] {
            let count = shape.reduce(1, *)
            return Tensor(.int64, Array(shape), integers: (0..<count).map(Int64.init)).expanded(batch).integers.map {
                $0.map { Int($0) }
            } ?? []
        }
        let (lefts, rights) = (matrices(left.dropLast(2)), matrices(right.dropLast(2)))
        var result = [Double](repeating: 0, count: count)
        for index in 0..<(m * n == 0 ? 0 : count / (m * n)) {
            let (p, q) = (lefts[index] * m * k, rights[index] * k * n)
            for i in 0..<m {
                let row = (index * m + i) * n
                for inner in 0..<k {
                    let factor = x[p + i * k + inner]
                    for j in 0..<n { result[row + j] += factor * y[q + inner * n + j] }
                }
            }
        }
        var shape = batch
        if a.rank > 1 { shape.append(m) }
        if b.rank > 1 { shape.append(n) }
        return (shape, result)
    }
}

extension Tensor {
    /// - Precondition: two dimensions.
    var transposedMatrix: Tensor { gathered([shape[1], shape[0]], strides: [1, shape[1]]) }
}
