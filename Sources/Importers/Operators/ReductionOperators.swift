/// Operators that make one value of many along some axes.
extension OperatorTable {
    static let reductions: [String: Operator] = [
        "ReduceMean": reduction(axesInput: 18) { $0.isEmpty ? .nan : $0.reduce(0, +) / Double($0.count) },
        "ReduceSum": reduction(axesInput: 13) { $0.reduce(0, +) },
        "ReduceMax": reduction(axesInput: 18) { $0.reduce(-.infinity) { max($0, $1) } },
        "ReduceMin": reduction(axesInput: 18) { $0.reduce(.infinity) { min($0, $1) } },
        "ReduceProd": reduction(axesInput: 18) { $0.reduce(1, *) },
        "ReduceL1": reduction(axesInput: 18) { $0.reduce(0) { $0 + abs($1) } },
        "ReduceL2": reduction(axesInput: 18) { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() },
        "ReduceSumSquare": reduction(axesInput: 18) { $0.reduce(0) { $0 + $1 * $1 } },
        "ReduceLogSum": reduction(axesInput: 18) { logarithm($0.reduce(0, +)) },
        "ReduceLogSumExp": reduction(axesInput: 18) { values in
            let largest = values.max() ?? -.infinity
            guard largest.isFinite else { return largest }
            return largest + logarithm(values.reduce(0) { $0 + exponential($1 - largest) })
        },
        "ArgMax": selection { $0 > $1 },
        "ArgMin": selection { $0 < $1 },
    ]

    /// - Parameter axesInput: the opset from which the axes are an input.
    private static func reduction(axesInput: Int, _ body: @escaping @Sendable ([Double]) -> Double) -> Operator {
        Operator(1...2, ["axes", "keepdims", "noop_with_empty_axes"]) { call throws(OperatorError) in
            let x = try call.input(0)
            guard x.type != .bool else { throw OperatorError("its input holds bool, which it does not take") }
            guard call.optional(1) == nil || call.opset >= axesInput else {
                throw OperatorError("its axes are an attribute until opset \(axesInput - 1)")
            }
            guard let axes = try reducedAxes(call, rank: x.rank) else { return [x] }
            let keeps = try call.attributes.flag("keepdims", default: true)
            try call.budget.spend(x.count, 4)
            let (shape, rows) = try rows(of: x, over: axes, keeps: keeps)
            let result = rows.map(body)
            if x.type.isReal { return [Tensor(x.type, shape, reals: result)] }
            return [Tensor(x.type, shape, integers: result.map { Int64(saturating: $0) })]
        }
    }

    /// The axes of a Reduce node; `nil` where it changes nothing.
    static func reducedAxes(_ call: OperatorCall, rank: Int) throws(OperatorError) -> [Int]? {
        let given = try call.integers(1, orAttribute: "axes") ?? []
        if !given.isEmpty { return try ShapeArithmetic.axes(given, rank: rank).sorted() }
        return try call.attributes.flag("noop_with_empty_axes", default: false) ? nil : Array(0..<rank)
    }

    private static func selection(_ isBetter: @escaping @Sendable (Double, Double) -> Bool) -> Operator {
        Operator(1...1, ["axis", "keepdims", "select_last_index"]) { call throws(OperatorError) in
            let x = try call.input(0)
            let axis = try ShapeArithmetic.axis(try call.attributes.int("axis", default: 0), rank: x.rank)
            guard x.shape[axis] > 0 else { throw OperatorError("dimension \(axis) of \(x.shape) is empty") }
            let takesLast = try call.attributes.flag("select_last_index", default: false)
            let (shape, rows) = try rows(
                of: x, over: [axis], keeps: try call.attributes.flag("keepdims", default: true))
            let result = rows.map { row in
                var best = 0
                for (index, value) in row.enumerated().dropFirst()
                where isBetter(value, row[best]) || (takesLast && value == row[best]) { best = index }
                return Int64(best)
            }
            return [Tensor(.int64, shape, integers: result)]
        }
    }

    /// The values that each result is made of, and the shape of the results.
    private static func rows(
        of x: Tensor, over axes: [Int], keeps: Bool
    ) throws(OperatorError) -> (shape: [Int], rows: [[Double]]) {
        let strides = Tensor.strides(x.shape)
        let kept = x.shape.indices.filter { !axes.contains($0) }
        let order = kept + axes
        let arranged = x.gathered(order.map { x.shape[$0] }, strides: order.map { strides[$0] }).reals
        let count = kept.reduce(1) { $0 * x.shape[$1] }
        let length = axes.reduce(1) { $0 * x.shape[$1] }
        let rows = (0..<count).map { Array(arranged[$0 * length..<($0 + 1) * length]) }
        let shape =
            keeps ? x.shape.indices.map { axes.contains($0) ? 1 : x.shape[$0] } : kept.map { x.shape[$0] }
        return (shape, rows)
    }
}
