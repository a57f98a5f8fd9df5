/// Enlarging and reducing images (and tensors of any rank).
extension OperatorTable {
    static let resizing: [String: Operator] = [
        // Inputs: X, scales (opset 10); X, roi, scales, sizes (since 11).
        "Resize": Operator(
            since: 10, 2...4,
            [
                "mode", "coordinate_transformation_mode", "cubic_coeff_a", "exclude_outside", "extrapolation_value",
                "nearest_mode", "antialias", "axes", "keep_aspect_ratio_policy",
            ]
        ) { call throws(OperatorError) in
            let x = try call.input(0)
            let plan = try ResizePlan(call, shape: x.shape)
            return [try plan.resize(x, budget: call.budget)]
        },
        "Upsample": Operator(since: 7, 1...2, ["mode", "scales"]) { call throws(OperatorError) in
            let x = try call.input(0)
            guard call.opset < 10 else { throw OperatorError("it was removed from the standard in opset 10") }
            let plan = try ResizePlan(call, shape: x.shape)
            return [try plan.resize(x, budget: call.budget)]
        },
    ]
}

/// How each axis of a tensor is resampled: for every output index, which inputs it is the weighted sum of.
struct ResizePlan {
    struct Tap: Equatable {
        var index: Int
        var weight: Double
    }

    /// `nil` for an axis that stays as it is.
    let axes: [[[Tap]]?]
    let shape: [Int]
    /// For each axis that has some: output indices that lie outside of the input.
    private let outside: [[Bool]?]
    private let fill: Double

    init(_ call: OperatorCall, shape input: [Int]) throws(OperatorError) {
        let request = try ResizeRequest(call, shape: input)
        shape = request.sizes
        fill = request.fill
        _ = try ShapeArithmetic.count(shape)
        var axes: [[[Tap]]?] = []
        var outside: [[Bool]?] = []
        for axis in input.indices {
            if request.isUnchanged(axis) {
                axes.append(nil)
                outside.append(nil)
                continue
            }
            guard input[axis] > 0 else { throw OperatorError("dimension \(axis) of \(input) is empty") }
            let coordinates = (0..<shape[axis]).map { request.coordinate($0, axis: axis) }
            guard coordinates.allSatisfy({ abs($0) < 1e9 }) else { throw OperatorError("its region is too far away") }
            axes.append(try request.taps(coordinates, size: input[axis], scale: request.scales[axis]))
            let isOutside = coordinates.map { $0 < 0 || $0 > Double(input[axis] - 1) }
            outside.append(request.fillsOutside && isOutside.contains(true) ? isOutside : nil)
        }
        self.axes = axes
        self.outside = outside
    }

    /// Whether some outputs are no sums of inputs but a constant.
    var fillsOutside: Bool { outside.contains { $0 != nil } }

    func resize(_ x: Tensor, budget: WorkBudget) throws(OperatorError) -> Tensor {
        var values = x.reals
        var sizes = x.shape
        for (axis, taps) in axes.enumerated() {
            guard let taps else { continue }
            let inner = sizes[(axis + 1)...].reduce(1, *)
            let outer = sizes[..<axis].reduce(1, *)
            var made = sizes
            made[axis] = taps.count
            try budget.spend(try ShapeArithmetic.count(made), (taps.map(\.count).max() ?? 1) + 1)
            var result = [Double](repeating: 0, count: made.reduce(1, *))
            for block in 0..<outer {
                for (index, sources) in taps.enumerated() {
                    let to = (block * taps.count + index) * inner
                    for tap in sources {
                        let from = (block * sizes[axis] + tap.index) * inner
                        for i in 0..<inner { result[to + i] += tap.weight * values[from + i] }
                    }
                }
            }
            (values, sizes) = (result, made)
        }
        for (axis, isOutside) in outside.enumerated() {
            guard let isOutside else { continue }
            let inner = sizes[(axis + 1)...].reduce(1, *)
            for i in values.indices where isOutside[i / inner % sizes[axis]] { values[i] = fill }
        }
        if x.type.isReal { return Tensor(x.type, shape, reals: values) }
        return Tensor(x.type, shape, integers: values.map { x.type.saturated($0.rounded(.towardZero)) })
    }
}
