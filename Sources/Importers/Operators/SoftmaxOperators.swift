/// Softmax and its relatives.
extension OperatorTable {
    static let softmaxes: [String: Operator] = [
        "Softmax": Operator(1...1, ["axis"]) { call throws(OperatorError) in
            try alongAxis(call) { row in
                let largest = row.max() ?? 0
                let powers = row.map { exponential($0 - largest) }
                let sum = powers.reduce(0, +)
                return powers.map { $0 / sum }
            }
        },
        "LogSoftmax": Operator(1...1, ["axis"]) { call throws(OperatorError) in
            try alongAxis(call) { row in
                let largest = row.max() ?? 0
                let sum = logarithm(row.reduce(0) { $0 + exponential($1 - largest) })
                return row.map { $0 - largest - sum }
            }
        },
        "Hardmax": Operator(1...1, ["axis"]) { call throws(OperatorError) in
            try alongAxis(call) { row in
                let best = row.indices.max { row[$0] < row[$1] || (row[$0] == row[$1] && $0 > $1) }
                return row.indices.map { $0 == best ? 1 : 0 }
            }
        },
    ]

    /// The axis that a softmax node works along, and whether all axes behind it count as one with it.
    ///
    /// Until opset 12 the input was taken as a matrix split at `axis` (1 if not given).
    static func softmaxAxis(_ call: OperatorCall, rank: Int) throws(OperatorError) -> (axis: Int, joins: Bool) {
        let joins = call.opset < 13
        let given = try call.attributes.int("axis", default: joins ? 1 : -1)
        if joins && given == rank { return (given, true) }
        return (try ShapeArithmetic.axis(given, rank: rank), joins)
    }

    private static func alongAxis(
        _ call: OperatorCall, _ body: ([Double]) -> [Double]
    ) throws(OperatorError) -> [Tensor] {
        let x = try call.input(0)
        guard x.type.isReal else { throw OperatorError("its input holds \(x.type), not floats") }
        let (axis, joins) = try softmaxAxis(call, rank: x.rank)
        let length = joins ? x.shape[axis...].reduce(1, *) : x.shape[axis]
        let step = joins ? 1 : x.shape[(axis + 1)...].reduce(1, *)
        var values = x.reals
        for start in 0..<(length == 0 ? 0 : x.count / length) {
            let first = start / step * step * length + start % step
            let row = body((0..<length).map { values[first + $0 * step] })
            for i in 0..<length { values[first + i * step] = row[i] }
        }
        return [Tensor(x.type, x.shape, reals: values)]
    }
}
