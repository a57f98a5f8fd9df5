#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Operators of two or more tensors, element by element, with broadcasting.
extension OperatorTable {
    static let arithmetic: [String: Operator] = [
        "Add": Operator(since: 7, 2...2) { call throws(OperatorError) in
            [try combine(try call.input(0), try call.input(1), real: { $0 + $1 }, integer: { $0 &+ $1 })]
        },
        "Sub": Operator(since: 7, 2...2) { call throws(OperatorError) in
            [try combine(try call.input(0), try call.input(1), real: { $0 - $1 }, integer: { $0 &- $1 })]
        },
        "Mul": Operator(since: 7, 2...2) { call throws(OperatorError) in
            [try combine(try call.input(0), try call.input(1), real: { $0 * $1 }, integer: { $0 &* $1 })]
        },
        "Div": Operator(since: 7, 2...2) { call throws(OperatorError) in
            let (a, b) = (try call.input(0), try call.input(1))
            try refuseZero(b)
            return [try combine(a, b, real: { $0 / $1 }, integer: { $0.dividedReportingOverflow(by: $1).partialValue })]
        },
        "Mod": Operator(since: 10, 2...2, ["fmod"]) { call throws(OperatorError) in
            let (a, b) = (try call.input(0), try call.input(1))
            try refuseZero(b)
            let truncates = try call.attributes.flag("fmod", default: false)
            guard truncates || !a.type.isReal else { throw OperatorError("floats need fmod = 1") }
            return [
                try combine(
                    a, b, real: { fmod($0, $1) },
                    integer: { x, y in
                        let rest = x.remainderReportingOverflow(dividingBy: y).partialValue
                        return !truncates && rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest
                    })
            ]
        },
        // The exponent may have a type of its own; the result has the base's.
        "Pow": Operator(since: 7, 2...2) { call throws(OperatorError) in
            let (a, b) = (try call.input(0), try call.input(1))
            let shape = try ShapeArithmetic.broadcast(a.shape, b.shape)
            let (x, y) = (a.expanded(shape).reals, b.expanded(shape).reals)
            let powers = zip(x, y).map { pow($0, $1) }
            if a.type.isReal { return [Tensor(a.type, shape, reals: powers)] }
            return [Tensor(a.type, shape, integers: powers.map { Int64(saturating: $0) })]
        },
        "Min": Operator(since: 8, 1...1024) { call throws(OperatorError) in
            [try fold(call, real: { $0.isNaN || $0 < $1 ? $0 : $1 }, integer: { min($0, $1) })]
        },
        "Max": Operator(since: 8, 1...1024) { call throws(OperatorError) in
            [try fold(call, real: { $0.isNaN || $0 > $1 ? $0 : $1 }, integer: { max($0, $1) })]
        },
        "Sum": Operator(since: 8, 1...1024) { call throws(OperatorError) in
            [try fold(call, real: { $0 + $1 }, integer: { $0 &+ $1 })]
        },
        "Mean": Operator(since: 8, 1...1024) { call throws(OperatorError) in
            let sum = try fold(call, real: { $0 + $1 }, integer: { $0 &+ $1 })
            let share = 1 / Double(call.inputs.count)
            return [Tensor(sum.type, sum.shape, reals: sum.reals.map { $0 * share })]
        },
    ]

    static let comparisons: [String: Operator] = [
        "Equal": Operator(since: 7, 2...2) { call throws(OperatorError) in
            try compare(call, real: { $0 == $1 }, integer: { $0 == $1 })
        },
        "Less": Operator(since: 7, 2...2) { call throws(OperatorError) in
            try compare(call, real: { $0 < $1 }, integer: { $0 < $1 })
        },
        "LessOrEqual": Operator(since: 12, 2...2) { call throws(OperatorError) in
            try compare(call, real: { $0 <= $1 }, integer: { $0 <= $1 })
        },
        "Greater": Operator(since: 7, 2...2) { call throws(OperatorError) in
            try compare(call, real: { $0 > $1 }, integer: { $0 > $1 })
        },
        "GreaterOrEqual": Operator(since: 12, 2...2) { call throws(OperatorError) in
            try compare(call, real: { $0 >= $1 }, integer: { $0 >= $1 })
        },
        "And": Operator(since: 7, 2...2) { call throws(OperatorError) in try logic(call) { $0 & $1 } },
        "Or": Operator(since: 7, 2...2) { call throws(OperatorError) in try logic(call) { $0 | $1 } },
        "Xor": Operator(since: 7, 2...2) { call throws(OperatorError) in try logic(call) { $0 ^ $1 } },
        "Where": Operator(since: 9, 3...3) { call throws(OperatorError) in
            let (condition, a, b) = (try call.input(0), try call.input(1), try call.input(2))
            guard condition.type == .bool, let chosen = condition.integers else {
                throw OperatorError("its condition holds \(condition.type), not bool")
            }
            try sameType(a, b)
            let values = try ShapeArithmetic.broadcast(a.shape, b.shape)
            let shape = try ShapeArithmetic.broadcast(condition.shape, values)
            try call.budget.spend(try ShapeArithmetic.count(shape))
            let mask = Tensor(.bool, condition.shape, integers: chosen).expanded(shape).integers ?? []
            let (x, y) = (a.expanded(shape), b.expanded(shape))
            if let left = x.integers, let right = y.integers {
                return [Tensor(a.type, shape, integers: mask.indices.map { mask[$0] != 0 ? left[$0] : right[$0] })]
            }
            let (left, right) = (x.reals, y.reals)
            return [Tensor(a.type, shape, reals: mask.indices.map { mask[$0] != 0 ? left[$0] : right[$0] })]
        },
    ]

    /// Two tensors of one type to one of the same type.
    static func combine(
        _ a: Tensor, _ b: Tensor, real: (Double, Double) -> Double, integer: (Int64, Int64) -> Int64
    ) throws(OperatorError) -> Tensor {
        try sameType(a, b)
        let shape = try ShapeArithmetic.broadcast(a.shape, b.shape)
        let (x, y) = (a.expanded(shape), b.expanded(shape))
        if let left = x.integers, let right = y.integers {
            guard a.type != .bool else { throw OperatorError("its inputs hold bool, which it does not take") }
            return Tensor(a.type, shape, integers: zip(left, right).map(integer))
        }
        return Tensor(a.type, shape, reals: zip(x.reals, y.reals).map(real))
    }

    private static func fold(
        _ call: OperatorCall, real: (Double, Double) -> Double, integer: (Int64, Int64) -> Int64
    ) throws(OperatorError) -> Tensor {
        var result = try call.input(0)
        for index in 1..<max(call.inputs.count, 1) {
            result = try combine(result, try call.input(index), real: real, integer: integer)
        }
        return result
    }

    private static func compare(
        _ call: OperatorCall, real: (Double, Double) -> Bool, integer: (Int64, Int64) -> Bool
    ) throws(OperatorError) -> [Tensor] {
        let (a, b) = (try call.input(0), try call.input(1))
        try sameType(a, b)
        let shape = try ShapeArithmetic.broadcast(a.shape, b.shape)
        let (x, y) = (a.expanded(shape), b.expanded(shape))
        if let left = x.integers, let right = y.integers {
            return [Tensor(.bool, shape, integers: zip(left, right).map { integer($0, $1) ? 1 : 0 })]
        }
        return [Tensor(.bool, shape, integers: zip(x.reals, y.reals).map { real($0, $1) ? 1 : 0 })]
    }

    private static func logic(
        _ call: OperatorCall, _ body: (Int64, Int64) -> Int64
    ) throws(OperatorError) -> [Tensor] {
        let (a, b) = (try call.input(0), try call.input(1))
        guard a.type == .bool, b.type == .bool else {
            throw OperatorError("its inputs hold \(a.type) and \(b.type), not bool")
        }
        let shape = try ShapeArithmetic.broadcast(a.shape, b.shape)
        let (x, y) = (a.expanded(shape).integers ?? [], b.expanded(shape).integers ?? [])
        return [Tensor(.bool, shape, integers: zip(x, y).map(body))]
    }

    static func sameType(_ a: Tensor, _ b: Tensor) throws(OperatorError) {
        guard a.type == b.type else { throw OperatorError("its inputs hold \(a.type) and \(b.type), not one type") }
    }

    private static func refuseZero(_ divisor: Tensor) throws(OperatorError) {
        if divisor.integers?.contains(0) == true { throw OperatorError("it divides integers by zero") }
    }
}

extension Int64 {
    /// Towards zero; the nearest end of the range beyond it, and 0 for NaN.
    init(saturating value: Double) {
        if value.isNaN {
            self = 0
        } else if value >= 0x1p63 {
            self = .max
        } else if value <= -0x1p63 {
            self = .min
        } else {
            self = Int64(value)
        }
    }
}
