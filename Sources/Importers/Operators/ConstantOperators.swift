/// Operators that make tensors, and conversions between types.
extension OperatorTable {
    static let constants: [String: Operator] = [
        "Constant": Operator(0...0, ["value", "value_float", "value_floats", "value_int", "value_ints"]) {
            call throws(OperatorError) in
            if let tensor = try call.attributes.tensor("value") { return [tensor] }
            if let value = try call.attributes.real("value_float") { return [Tensor(.float, [], reals: [value])] }
            if let values = try call.attributes.reals("value_floats") {
                return [Tensor(.float, [values.count], reals: values)]
            }
            if let value = try call.attributes.int("value_int") {
                return [Tensor(.int64, [], integers: [Int64(value)])]
            }
            if let values = try call.attributes.ints("value_ints") { return [.indices(values)] }
            throw OperatorError("it has no value")
        },
        "ConstantOfShape": Operator(since: 9, 1...1, ["value"]) { call throws(OperatorError) in
            let shape = try call.integers(0) ?? []
            let count = try ShapeArithmetic.count(shape)
            try call.budget.spend(count)
            guard let value = try call.attributes.tensor("value") else {
                return [Tensor(.float, shape, reals: [Double](repeating: 0, count: count))]
            }
            guard value.count == 1 else { throw OperatorError("attribute 'value' is no single value") }
            return [value.reshaped([]).expanded(shape)]
        },
        "Range": Operator(since: 11, 3...3) { call throws(OperatorError) in
            guard let start = try call.scalar(0), let limit = try call.scalar(1), let delta = try call.scalar(2) else {
                throw OperatorError("its start, limit or delta is missing")
            }
            try sameType(start, limit)
            try sameType(start, delta)
            let (first, step) = (start.reals[0], delta.reals[0])
            let steps = ((limit.reals[0] - first) / step).rounded(.up)
            guard steps.isFinite, steps <= Double(ShapeArithmetic.largestCount) else {
                throw OperatorError("a range from \(first) to \(limit.reals[0]) by \(step)")
            }
            let count = max(0, Int(steps))
            try call.budget.spend(count)
            if let from = start.integers?[0], let by = delta.integers?[0] {
                return [Tensor(start.type, [count], integers: (0..<count).map { from &+ Int64($0) &* by })]
            }
            return [Tensor(start.type, [count], reals: (0..<count).map { first + Double($0) * step })]
        },
        "Cast": Operator(since: 6, 1...1, ["to", "saturate"]) { call throws(OperatorError) in
            guard let to = try call.attributes.int("to") else { throw OperatorError("attribute 'to' is missing") }
            guard let type = Int32(exactly: to).flatMap({ ElementType(rawValue: $0) }) else {
                throw .unsupported("a conversion to element type \(to) is not supported")
            }
            return [cast(try call.input(0), to: type, saturates: try call.attributes.flag("saturate", default: true))]
        },
        "CastLike": Operator(since: 15, 2...2, ["saturate"]) { call throws(OperatorError) in
            let saturates = try call.attributes.flag("saturate", default: true)
            return [cast(try call.input(0), to: try call.input(1).type, saturates: saturates)]
        },
    ]

    static func cast(_ x: Tensor, to type: ElementType, saturates: Bool) -> Tensor {
        if x.type == type { return x }
        if type.isReal {
            guard let small = type.smallFloat, type.bits <= 8 else { return Tensor(type, x.shape, reals: x.reals) }
            return Tensor(type, x.shape, reals: x.reals.map { small.round($0, saturates: saturates) })
        }
        if let values = x.integers {
            return Tensor(type, x.shape, integers: type == .bool ? values.map { $0 == 0 ? 0 : 1 } : values)
        }
        if type == .bool { return Tensor(type, x.shape, integers: x.reals.map { $0 == 0 ? 0 : 1 }) }
        return Tensor(type, x.shape, integers: x.reals.map { Int64(saturating: $0) })
    }
}
