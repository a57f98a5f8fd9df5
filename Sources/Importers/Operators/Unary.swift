#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Operators of one value at a time.
extension OperatorTable {
    static let activations: [String: Operator] = [
        "Relu": Operator(1...1) { call throws(OperatorError) in
            try map(call, real: { max($0, 0) }, integer: { max($0, 0) })
        },
        "LeakyRelu": Operator(since: 6, 1...1, ["alpha"]) { call throws(OperatorError) in
            let alpha = try call.attributes.real("alpha", default: 0.01)
            return try map(call) { $0 < 0 ? alpha * $0 : $0 }
        },
        "ThresholdedRelu": Operator(since: 10, 1...1, ["alpha"]) { call throws(OperatorError) in
            let alpha = try call.attributes.real("alpha", default: 1)
            return try map(call) { $0 > alpha ? $0 : 0 }
        },
        "Elu": Operator(since: 6, 1...1, ["alpha"]) { call throws(OperatorError) in
            let alpha = try call.attributes.real("alpha", default: 1)
            return try map(call) { $0 < 0 ? alpha * expm1($0) : $0 }
        },
        "Celu": Operator(since: 12, 1...1, ["alpha"]) { call throws(OperatorError) in
            let alpha = try call.attributes.real("alpha", default: 1)
            return try map(call) { max($0, 0) + min(0, alpha * expm1($0 / alpha)) }
        },
        "Selu": Operator(since: 6, 1...1, ["alpha", "gamma"]) { call throws(OperatorError) in
            let alpha = try call.attributes.real("alpha", default: 1.67326319217681884765625)
            let gamma = try call.attributes.real("gamma", default: 1.05070102214813232421875)
            return try map(call) { gamma * ($0 < 0 ? alpha * expm1($0) : $0) }
        },
        "Sigmoid": Operator(since: 6, 1...1) { call throws(OperatorError) in try map(call) { 1 / (1 + exp(-$0)) } },
        "HardSigmoid": Operator(since: 6, 1...1, ["alpha", "beta"]) { call throws(OperatorError) in
            let alpha = try call.attributes.real("alpha", default: 0.2)
            let beta = try call.attributes.real("beta", default: 0.5)
            return try map(call) { max(0, min(1, alpha * $0 + beta)) }
        },
        "HardSwish": Operator(since: 14, 1...1) { call throws(OperatorError) in
            try map(call) { $0 * max(0, min(1, $0 / 6 + 0.5)) }
        },
        "Gelu": Operator(since: 20, 1...1, ["approximate"]) { call throws(OperatorError) in
            let approximate = try call.attributes.string("approximate", default: "none")
            switch approximate {
            case "none": return try map(call) { 0.5 * $0 * (1 + erf($0 / 2.0.squareRoot())) }
            case "tanh":
                let k = (2 / Double.pi).squareRoot()
                return try map(call) { 0.5 * $0 * (1 + tanh(k * ($0 + 0.044715 * $0 * $0 * $0))) }
            default: throw OperatorError("attribute 'approximate' is '\(approximate)', not 'none' or 'tanh'")
            }
        },
        "Mish": Operator(since: 18, 1...1) { call throws(OperatorError) in
            try map(call) { $0 * tanh(softplus($0)) }
        },
        "Softplus": Operator(1...1) { call throws(OperatorError) in try map(call) { softplus($0) } },
        "Softsign": Operator(1...1) { call throws(OperatorError) in try map(call) { $0 / (1 + abs($0)) } },
        "Tanh": Operator(since: 6, 1...1) { call throws(OperatorError) in try map(call) { tanh($0) } },
        "PRelu": Operator(since: 7, 2...2) { call throws(OperatorError) in
            let (x, slope) = (try call.input(0), try call.input(1))
            guard try ShapeArithmetic.broadcast(x.shape, slope.shape) == x.shape else {
                throw OperatorError("a slope of shape \(slope.shape) does not broadcast to the input's \(x.shape)")
            }
            return [try combine(x, slope, real: { $0 < 0 ? $0 * $1 : $0 }, integer: { $0 < 0 ? $0 &* $1 : $0 })]
        },
    ]

    static let unary: [String: Operator] = [
        "Abs": Operator(since: 6, 1...1) { call throws(OperatorError) in
            try map(call, real: { abs($0) }, integer: { $0 < 0 ? 0 &- $0 : $0 })
        },
        "Neg": Operator(since: 6, 1...1) { call throws(OperatorError) in
            try map(call, real: { -$0 }, integer: { 0 &- $0 })
        },
        "Sign": Operator(since: 9, 1...1) { call throws(OperatorError) in
            try map(call, real: { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 }, integer: { $0.signum() })
        },
        "Exp": Operator(since: 6, 1...1) { call throws(OperatorError) in try map(call) { exp($0) } },
        "Log": Operator(since: 6, 1...1) { call throws(OperatorError) in try map(call) { log($0) } },
        "Sqrt": Operator(since: 6, 1...1) { call throws(OperatorError) in try map(call) { $0.squareRoot() } },
        "Reciprocal": Operator(since: 6, 1...1) { call throws(OperatorError) in try map(call) { 1 / $0 } },
        "Erf": Operator(since: 9, 1...1) { call throws(OperatorError) in try map(call) { erf($0) } },
        "Floor": Operator(since: 6, 1...1) { call throws(OperatorError) in try map(call) { $0.rounded(.down) } },
        "Ceil": Operator(since: 6, 1...1) { call throws(OperatorError) in try map(call) { $0.rounded(.up) } },
        "Round": Operator(since: 11, 1...1) { call throws(OperatorError) in
            try map(call) { $0.rounded(.toNearestOrEven) }
        },
        "Not": Operator(1...1) { call throws(OperatorError) in
            let x = try call.input(0)
            guard x.type == .bool, let values = x.integers else {
                throw OperatorError("its input holds \(x.type), not bool")
            }
            return [Tensor(.bool, x.shape, integers: values.map { 1 - $0 })]
        },
        "Clip": Operator(since: 6, 1...3, ["min", "max"]) { call throws(OperatorError) in
            let x = try call.input(0)
            let limits = (try call.scalar(1), try call.scalar(2))
            for limit in [limits.0, limits.1] { if let limit { try sameType(x, limit) } }
            if let values = x.integers {
                let low = limits.0?.integers?[0] ?? .min
                let high = limits.1?.integers?[0] ?? .max
                return [Tensor(x.type, x.shape, integers: values.map { min(max($0, low), high) })]
            }
            let low = try call.attributes.real("min") ?? limits.0?.reals[0] ?? -.infinity
            let high = try call.attributes.real("max") ?? limits.1?.reals[0] ?? .infinity
            return try map(call, inputs: 1...3) { min(max($0, low), high) }
        },
    ]

    static func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }

    /// The first input with every value changed; integers only where `integer` is given.
    static func map(
        _ call: OperatorCall, inputs: ClosedRange<Int> = 1...1, real: (Double) -> Double,
        integer: ((Int64) -> Int64)? = nil
    ) throws(OperatorError) -> [Tensor] {
        let x = try call.input(0)
        try call.budget.spend(x.count)
        if x.type.isReal { return [Tensor(x.type, x.shape, reals: x.reals.map(real))] }
        guard x.type != .bool, let integer, let values = x.integers else {
            throw OperatorError("its input holds \(x.type), which it does not take")
        }
        return [Tensor(x.type, x.shape, integers: values.map(integer))]
    }
}
