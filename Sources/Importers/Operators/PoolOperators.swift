/// Pools of any number of dimensions.
extension OperatorTable {
    static let pools: [String: Operator] = [
        "MaxPool": Operator(1...1, WindowGeometry.attributes.union(["ceil_mode", "storage_order"])) {
            call throws(OperatorError) in
            let x = try call.input(0)
            let (geometry, planes) = try window(call, x)
            try call.budget.spend(planes, geometry.out.reduce(1, *), geometry.taps, 4)
            let columnMajor = try call.attributes.flag("storage_order", default: false)
            let area = geometry.out.reduce(1, *)
            let plane = geometry.axes.reduce(1) { $0 * $1.size }
            let values = x.reals
            var chosen = [Int](repeating: 0, count: planes * area)
            var isEmpty = false
            geometry.forEachOutput { output, inside in
                guard let first = inside.first else {
                    isEmpty = true
                    return
                }
                for p in 0..<planes {
                    var best = p * plane + first.offset
                    for (_, offset) in inside.dropFirst() where values[p * plane + offset] > values[best] {
                        best = p * plane + offset
                    }
                    chosen[p * area + output] = best
                }
            }
            guard !isEmpty else { throw OperatorError("a window lies wholly in the padding") }
            let shape = Array(x.shape.prefix(2)) + geometry.out
            let sizes = geometry.axes.map(\.size)
            let indices = chosen.map { position in
                Int64(columnMajor ? columnMajorIndex(position, sizes: sizes) : position)
            }
            return [x.picked(chosen, shape), Tensor(.int64, shape, integers: indices)]
        },
        "AveragePool": Operator(1...1, WindowGeometry.attributes.union(["ceil_mode", "count_include_pad"])) {
            call throws(OperatorError) in
            let x = try call.input(0)
            guard x.type.isReal else { throw OperatorError("its input holds \(x.type), not floats") }
            let (geometry, planes) = try window(call, x)
            try call.budget.spend(planes, geometry.out.reduce(1, *), geometry.taps, 4)
            let includesPadding = try call.attributes.flag("count_include_pad", default: false)
            let area = geometry.out.reduce(1, *)
            let plane = geometry.axes.reduce(1) { $0 * $1.size }
            let values = x.reals
            var result = [Double](repeating: 0, count: planes * area)
            let counts = geometry.divisors(includesPadding: includesPadding)
            geometry.forEachOutput { output, inside in
                for p in 0..<planes {
                    let sum = inside.reduce(0) { $0 + values[p * plane + $1.offset] }
                    result[p * area + output] = sum / Double(counts[output])
                }
            }
            return [Tensor(x.type, Array(x.shape.prefix(2)) + geometry.out, reals: result)]
        },
        "GlobalAveragePool": Operator(1...1) { call throws(OperatorError) in
            try global(call) { $0.reduce(0, +) / Double($0.count) }
        },
        "GlobalMaxPool": Operator(1...1) { call throws(OperatorError) in
            try global(call) { $0.max() ?? 0 }
        },
    ]

    /// The geometry of a pool and the number of planes (N * C).
    private static func window(_ call: OperatorCall, _ x: Tensor) throws(OperatorError) -> (WindowGeometry, Int) {
        guard x.rank >= 3 else { throw OperatorError("an input of shape \(x.shape) has no spatial dimensions") }
        let geometry = try WindowGeometry(
            call.attributes, spatial: Array(x.shape.dropFirst(2)), kernel: nil,
            ceil: try call.attributes.flag("ceil_mode", default: false))
        _ = try ShapeArithmetic.count(Array(x.shape.prefix(2)) + geometry.out)
        return (geometry, x.shape[0] * x.shape[1])
    }

    private static func global(
        _ call: OperatorCall, _ body: (ArraySlice<Double>) -> Double
    ) throws(OperatorError) -> [Tensor] {
        let x = try call.input(0)
        guard x.rank >= 3, x.type.isReal, x.count > 0 else {
            throw OperatorError("an input of \(x.type) \(x.shape) has no planes of floats")
        }
        let planes = x.shape[0] * x.shape[1]
        let size = x.count / planes
        let values = x.reals
        let shape = Array(x.shape.prefix(2)) + [Int](repeating: 1, count: x.rank - 2)
        return [Tensor(x.type, shape, reals: (0..<planes).map { body(values[$0 * size..<($0 + 1) * size]) })]
    }

    /// The index of a position in N,C,... when each plane is counted with its first axis fastest.
    private static func columnMajorIndex(_ position: Int, sizes: [Int]) -> Int {
        let plane = sizes.reduce(1, *)
        var rest = position % plane
        var index = 0
        for axis in sizes.indices.reversed() {
            let coordinate = rest % sizes[axis]
            rest /= sizes[axis]
            index += coordinate * sizes[..<axis].reduce(1, *)
        }
        return position / plane * plane + index
    }
}

extension WindowGeometry {
    /// What the sum in each window of an average pool is divided by, in the order of the outputs.
    ///
    /// Padding counts where it is included. What lies beyond it (in the last window of `ceil_mode`) does not, as in
    /// PyTorch and ONNX Runtime; but a dilated window, which PyTorch does not have, is divided by its whole size, as
    /// the test data of ONNX 1.16 for opsets 19 to 21 has it (later versions of the standard changed it).
    func divisors(includesPadding: Bool) -> [Int] {
        var counts = [1]
        let isDilated = axes.contains { $0.dilation > 1 }
        for axis in axes {
            let along = (0..<axis.out).map { index in
                (0..<axis.kernel).count { tap in
                    let position = axis.position(index, tap)
                    if includesPadding { return isDilated || position < axis.size + axis.after }
                    return position >= 0 && position < axis.size
                }
            }
            counts = counts.flatMap { count in along.map { count * $0 } }
        }
        return counts.map { max($0, 1) }
    }
}
