/// What a Pad node adds to each axis.
struct Padding {
    enum Mode: String { case constant, reflect, edge, wrap }

    let mode: Mode
    /// Cut off where negative.
    let before, after: [Int]
    /// `nil`: zero.
    let value: Tensor?

    init(_ call: OperatorCall, rank: Int) throws(OperatorError) {
        let name = try call.attributes.string("mode", default: "constant")
        guard let mode = Mode(rawValue: name), mode != .wrap || call.opset >= 19 else {
            throw OperatorError("attribute 'mode' is '\(name)'")
        }
        self.mode = mode
        guard let pads = try call.integers(1, orAttribute: "pads") else { throw OperatorError("it has no pads") }
        if let old = try call.attributes.real("value") {
            value = Tensor(try call.input(0).type, [], reals: [old])
        } else {
            value = try call.scalar(2)
        }
        let axes = try ShapeArithmetic.axes(try call.integers(3) ?? Array(0..<rank), rank: rank)
        guard pads.count == 2 * axes.count else {
            throw OperatorError("\(pads.count) pads for \(axes.count) axes")
        }
        guard pads.allSatisfy({ abs($0) <= ShapeArithmetic.largestCount }) else {
            throw OperatorError("pads of \(pads)")
        }
        var (before, after) = ([Int](repeating: 0, count: rank), [Int](repeating: 0, count: rank))
        for (i, axis) in axes.enumerated() { (before[axis], after[axis]) = (pads[i], pads[i + axes.count]) }
        (self.before, self.after) = (before, after)
    }

    /// For each index of the padded axis: its index in the input, or -1 for the constant.
    func sources(axis: Int, size: Int) throws(OperatorError) -> [Int] {
        let count = size + before[axis] + after[axis]
        guard count >= 0 else { throw OperatorError("it cuts more from dimension \(axis) than there is") }
        guard mode == .constant || size > 0 || count == 0 else { throw OperatorError("dimension \(axis) is empty") }
        return (0..<count).map { index in
            let position = index - before[axis]
            if position >= 0 && position < size { return position }
            switch mode {
            case .constant: return -1
            case .edge: return position < 0 ? 0 : size - 1
            case .wrap: return ((position % size) + size) % size
            case .reflect:
                guard size > 1 else { return 0 }
                let period = 2 * (size - 1)
                let folded = ((position % period) + period) % period
                return folded < size ? folded : period - folded
            }
        }
    }
}
