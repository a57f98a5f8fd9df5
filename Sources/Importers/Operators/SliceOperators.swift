/// Operators that take parts of tensors or put them together.
extension OperatorTable {
    static let slices: [String: Operator] = [
        "Slice": Operator(1...5, ["starts", "ends", "axes"]) { call throws(OperatorError) in
            let x = try call.input(0)
            let strides = Tensor.strides(x.shape)
            let ranges = try slice(call, shape: x.shape)
            let shape = ranges.map(\.count)
            let offset = ranges.indices.reduce(0) { $0 + ranges[$1].start * strides[$1] }
            return [x.gathered(shape, strides: ranges.indices.map { ranges[$0].step * strides[$0] }, offset: offset)]
        },
        "Split": Operator(since: 2, 1...2, ["axis", "split", "num_outputs"]) { call throws(OperatorError) in
            let x = try call.input(0)
            let (axis, sizes) = try split(call, shape: x.shape)
            let strides = Tensor.strides(x.shape)
            var start = 0
            return sizes.map { size in
                var shape = x.shape
                shape[axis] = size
                defer { start += size }
                return x.gathered(shape, strides: strides, offset: start * strides[axis])
            }
        },
        "Concat": Operator(since: 4, 1...4096, ["axis"]) { call throws(OperatorError) in
            var parts: [Tensor] = []
            for index in call.inputs.indices { parts.append(try call.input(index)) }
            guard let given = try call.attributes.int("axis") else {
                throw OperatorError("attribute 'axis' is missing")
            }
            let axis = try ShapeArithmetic.axis(given, rank: parts[0].rank)
            let shape = try concatenated(parts.map(\.shape), axis: axis)
            for part in parts { try sameType(part, parts[0]) }
            let outer = shape[..<axis].reduce(1, *)
            func join<T>(_ values: [[T]]) -> [T] {
                var result: [T] = []
                result.reserveCapacity(shape.reduce(1, *))
                for block in 0..<outer {
                    for part in values {
                        let size = part.count / max(outer, 1)
                        result.append(contentsOf: part[block * size..<(block + 1) * size])
                    }
                }
                return result
            }
            let type = parts[0].type
            if type == .double { return [Tensor(type, shape, .double(join(parts.map(\.reals))))] }
            if type.isReal { return [Tensor(type, shape, .float(join(parts.map(\.floats))))] }
            return [Tensor(type, shape, .integer(join(parts.map { $0.integers ?? [] })))]
        },
        "Gather": Operator(2...2, ["axis"]) { call throws(OperatorError) in
            let (x, indices) = (try call.input(0), try call.input(1))
            let axis = try ShapeArithmetic.axis(try call.attributes.int("axis", default: 0), rank: x.rank)
            guard let values = indices.integers else { throw OperatorError("its indices are not integers") }
            let size = x.shape[axis]
            guard values.allSatisfy({ $0 >= -Int64(size) && $0 < Int64(size) }) else {
                throw OperatorError("an index lies outside of dimension \(axis) of \(x.shape)")
            }
            let shape = Array(x.shape[..<axis]) + indices.shape + Array(x.shape[(axis + 1)...])
            try call.budget.spend(try ShapeArithmetic.count(shape))
            let outer = x.shape[..<axis].reduce(1, *)
            let inner = x.shape[(axis + 1)...].reduce(1, *)
            var positions: [Int] = []
            positions.reserveCapacity(shape.reduce(1, *))
            for block in 0..<outer {
                for value in values {
                    let index = Int(value) + (value < 0 ? size : 0)
                    let start = (block * size + index) * inner
                    positions.append(contentsOf: start..<start + inner)
                }
            }
            return [x.picked(positions, shape)]
        },
        "Pad": Operator(since: 2, 1...4, ["mode", "pads", "value"]) { call throws(OperatorError) in
            let x = try call.input(0)
            let padding = try Padding(call, rank: x.rank)
            let shape = x.shape.indices.map { x.shape[$0] + padding.before[$0] + padding.after[$0] }
            try call.budget.spend(try ShapeArithmetic.count(shape))
            let sources = try x.shape.indices.map { axis throws(OperatorError) in
                try padding.sources(axis: axis, size: x.shape[axis])
            }
            let strides = Tensor.strides(x.shape)
            // Where each value comes from, -1 where it is the constant.
            var positions = [0]
            for axis in sources.indices {
                positions = positions.flatMap { position in
                    sources[axis].map { position < 0 || $0 < 0 ? -1 : position + $0 * strides[axis] }
                }
            }
            if let values = x.integers {
                let fill = padding.value?.integers?[0] ?? 0
                return [Tensor(x.type, shape, .integer(positions.map { $0 < 0 ? fill : values[$0] }))]
            }
            let fill = padding.value?.reals[0] ?? 0
            let values = x.reals
            return [Tensor(x.type, shape, reals: positions.map { $0 < 0 ? fill : values[$0] })]
        },
    ]

    struct SliceRange: Equatable {
        var start, step, count: Int
    }

    /// For each axis: which indices a Slice node takes.
    static func slice(_ call: OperatorCall, shape: [Int]) throws(OperatorError) -> [SliceRange] {
        guard let starts = try call.integers(1, orAttribute: "starts"),
            let ends = try call.integers(2, orAttribute: "ends"), starts.count == ends.count
        else { throw OperatorError("its starts and ends are missing or differ in number") }
        let axes = try ShapeArithmetic.axes(
            try call.integers(3, orAttribute: "axes") ?? Array(starts.indices), rank: shape.count)
        let steps = try call.integers(4) ?? [Int](repeating: 1, count: starts.count)
        guard axes.count == starts.count, steps.count == starts.count else {
            throw OperatorError("its starts, axes and steps differ in number")
        }
        var ranges = shape.map { SliceRange(start: 0, step: 1, count: $0) }
        for (i, axis) in axes.enumerated() {
            let (size, step) = (shape[axis], steps[i])
            guard step != 0, step != .min else { throw OperatorError("a step of \(step)") }
            func bound(_ value: Int, _ range: ClosedRange<Int>) -> Int {
                let counted = value < 0 ? value + size : value
                return min(max(counted, range.lowerBound), range.upperBound)
            }
            if step > 0 {
                let (start, end) = (bound(starts[i], 0...size), bound(ends[i], 0...size))
                // Not (end - start + step - 1) / step: a step may be the largest integer.
                let count = end > start ? (end - start - 1) / step + 1 : 0
                ranges[axis] = SliceRange(start: start, step: count > 1 ? step : 1, count: count)
            } else if size == 0 {
                ranges[axis].count = 0
            } else {
                let (start, end) = (bound(starts[i], 0...size - 1), bound(ends[i], -1...size - 1))
                let count = start > end ? (start - end - 1) / -step + 1 : 0
                ranges[axis] = SliceRange(start: start, step: count > 1 ? step : 1, count: count)
            }
        }
        return ranges
    }

    /// The axis of a Split node and the sizes of its parts.
    static func split(_ call: OperatorCall, shape: [Int]) throws(OperatorError) -> (axis: Int, sizes: [Int]) {
        let axis = try ShapeArithmetic.axis(try call.attributes.int("axis", default: 0), rank: shape.count)
        let size = shape[axis]
        if let sizes = try call.integers(1, orAttribute: "split") {
            guard sizes.allSatisfy({ $0 >= 0 && $0 <= size }), sizes.reduce(0, +) == size else {
                throw OperatorError("parts of \(sizes) do not make up dimension \(axis) of \(shape)")
            }
            return (axis, sizes)
        }
        let parts = try call.attributes.int("num_outputs", default: call.outputCount)
        guard parts >= 1, parts <= 1 << 16 else { throw OperatorError("\(parts) parts") }
        // Equal parts; the last is smaller where that does not work out (since opset 18).
        let part = (size + parts - 1) / parts
        guard part * (parts - 1) <= size, call.opset >= 18 || part * parts == size else {
            throw OperatorError("dimension \(axis) of \(shape) cannot be split into \(parts) parts")
        }
        return (axis, (0..<parts).map { $0 < parts - 1 ? part : size - part * (parts - 1) })
    }

    static func concatenated(_ shapes: [[Int]], axis: Int) throws(OperatorError) -> [Int] {
        var result = shapes[0]
        for shape in shapes.dropFirst() {
            var comparable = shape
            guard shape.count == result.count else { throw OperatorError("the shapes \(shapes) cannot be joined") }
            comparable[axis] = result[axis]
            guard comparable == result else { throw OperatorError("the shapes \(shapes) cannot be joined") }
            result[axis] += shape[axis]
        }
        _ = try ShapeArithmetic.count(result)
        return result
    }
}
