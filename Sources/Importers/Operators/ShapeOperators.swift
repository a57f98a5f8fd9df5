/// Operators that change a tensor's shape or tell it.
extension OperatorTable {
    static let shapes: [String: Operator] = [
        "Identity": Operator(1...1) { call throws(OperatorError) in [try call.input(0)] },
        "Dropout": Operator(since: 7, 1...3, ["ratio", "seed"]) { call throws(OperatorError) in
            let x = try call.input(0)
            let written = try call.attributes.real("ratio", default: 0.5)
            let ratio = try call.scalar(1)?.reals[0] ?? written
            guard try call.scalar(2)?.integers?[0] ?? 0 == 0 || ratio == 0 else {
                throw .unsupported("it is exported in training mode: its result is random")
            }
            // Until opset 9 the mask had the type of the data.
            let ones = [Int64](repeating: 1, count: x.count)
            if call.opset < 10, x.type.isReal { return [x, Tensor(x.type, x.shape, reals: ones.map(Double.init))] }
            return [x, Tensor(.bool, x.shape, integers: ones)]
        },
        "Shape": Operator(1...1, ["start", "end"]) { call throws(OperatorError) in
            [.indices(try shapePart(call.attributes, of: try call.input(0).shape))]
        },
        "Size": Operator(1...1) { call throws(OperatorError) in
            [Tensor(.int64, [], integers: [Int64(try call.input(0).count)])]
        },
        "Reshape": Operator(since: 5, 2...2, ["allowzero"]) { call throws(OperatorError) in
            let x = try call.input(0)
            let target = try call.integers(1) ?? []
            let keepsZero = try call.attributes.flag("allowzero", default: false)
            return [x.reshaped(try reshape(x.shape, to: target, keepsZero: keepsZero))]
        },
        "Flatten": Operator(1...1, ["axis"]) { call throws(OperatorError) in
            let x = try call.input(0)
            return [x.reshaped(try flatten(x.shape, axis: try call.attributes.int("axis", default: 1)))]
        },
        "Squeeze": Operator(1...2, ["axes"]) { call throws(OperatorError) in
            let x = try call.input(0)
            return [x.reshaped(try squeeze(x.shape, axes: try call.integers(1, orAttribute: "axes")))]
        },
        "Unsqueeze": Operator(1...2, ["axes"]) { call throws(OperatorError) in
            let x = try call.input(0)
            guard let axes = try call.integers(1, orAttribute: "axes") else { throw OperatorError("it has no axes") }
            return [x.reshaped(try unsqueeze(x.shape, axes: axes))]
        },
        "Transpose": Operator(1...1, ["perm"]) { call throws(OperatorError) in
            let x = try call.input(0)
            let order = try permutation(call.attributes, rank: x.rank)
            let strides = Tensor.strides(x.shape)
            return [x.gathered(order.map { x.shape[$0] }, strides: order.map { strides[$0] })]
        },
        "Expand": Operator(since: 8, 2...2) { call throws(OperatorError) in
            let x = try call.input(0)
            let shape = try ShapeArithmetic.broadcast(x.shape, try call.integers(1) ?? [])
            try call.budget.spend(try ShapeArithmetic.count(shape))
            return [x.expanded(shape)]
        },
        "Tile": Operator(since: 6, 2...2) { call throws(OperatorError) in
            let x = try call.input(0)
            guard let repeats = try call.integers(1), repeats.count == x.rank else {
                throw OperatorError("it needs a number of repeats for each of \(x.rank) dimensions")
            }
            // Each axis as (repeat, own): the repeats have stride 0.
            let strides = Tensor.strides(x.shape)
            let split = x.shape.indices.flatMap { [repeats[$0], x.shape[$0]] }
            _ = try ShapeArithmetic.count(repeats)
            try call.budget.spend(try countOfParts(split))
            let tiled = x.gathered(split, strides: strides.flatMap { [0, $0] })
            return [tiled.reshaped(x.shape.indices.map { x.shape[$0] * repeats[$0] })]
        },
    ]

    static func shapePart(_ attributes: Attributes, of shape: [Int]) throws(OperatorError) -> [Int] {
        func bound(_ name: String, _ value: Int) throws(OperatorError) -> Int {
            let given = try attributes.int(name, default: value)
            return min(max(given < 0 ? given + shape.count : given, 0), shape.count)
        }
        let (start, end) = (try bound("start", 0), try bound("end", shape.count))
        return start < end ? Array(shape[start..<end]) : []
    }

    static func reshape(_ shape: [Int], to target: [Int], keepsZero: Bool) throws(OperatorError) -> [Int] {
        var result = target
        var unknown: Int?
        for (axis, size) in target.enumerated() {
            if size == 0, !keepsZero {
                guard axis < shape.count else {
                    throw OperatorError("the shape \(target) copies dimension \(axis) of \(shape), which has none")
                }
                result[axis] = shape[axis]
            } else if size == -1 {
                guard unknown == nil else { throw OperatorError("the shape \(target) leaves two sizes open") }
                unknown = axis
            } else if size < 0 {
                throw OperatorError("the shape \(target) has a negative size")
            }
        }
        let count = shape.reduce(1, *)
        if let unknown {
            result[unknown] = 1
            let others = try ShapeArithmetic.count(result)
            guard others > 0, count % others == 0 else {
                throw OperatorError("\(shape) cannot be reshaped to \(target)")
            }
            result[unknown] = count / others
        }
        guard try ShapeArithmetic.count(result) == count else {
            throw OperatorError("\(shape) cannot be reshaped to \(target)")
        }
        return result
    }

    static func flatten(_ shape: [Int], axis given: Int) throws(OperatorError) -> [Int] {
        guard given >= -shape.count, given <= shape.count else {
            throw OperatorError("axis \(given) of a tensor of \(shape.count) dimensions")
        }
        let axis = given < 0 ? given + shape.count : given
        return [shape[..<axis].reduce(1, *), shape[axis...].reduce(1, *)]
    }

    static func squeeze(_ shape: [Int], axes given: [Int]?) throws(OperatorError) -> [Int] {
        guard let given else { return shape.filter { $0 != 1 } }
        let axes = try ShapeArithmetic.axes(given, rank: shape.count)
        for axis in axes where shape[axis] != 1 {
            throw OperatorError("dimension \(axis) of \(shape) is not 1")
        }
        return shape.indices.filter { !axes.contains($0) }.map { shape[$0] }
    }

    static func unsqueeze(_ shape: [Int], axes given: [Int]) throws(OperatorError) -> [Int] {
        let rank = shape.count + given.count
        guard rank <= ShapeArithmetic.largestRank else { throw OperatorError("a result of \(rank) dimensions") }
        let axes = try ShapeArithmetic.axes(given, rank: rank)
        var rest = shape[...]
        return (0..<rank).map { axes.contains($0) ? 1 : rest.removeFirst() }
    }

    static func permutation(_ attributes: Attributes, rank: Int) throws(OperatorError) -> [Int] {
        guard let order = try attributes.ints("perm") else { return (0..<rank).reversed() }
        guard order.sorted() == Array(0..<rank) else {
            throw OperatorError("attribute 'perm' is \(order) for \(rank) dimensions")
        }
        return order
    }

    /// As `ShapeArithmetic.count`, of more parts than a tensor may have dimensions.
    private static func countOfParts(_ sizes: [Int]) throws(OperatorError) -> Int {
        var count = 1
        for size in sizes { count = try ShapeArithmetic.count([count, size]) }
        return count
    }
}
