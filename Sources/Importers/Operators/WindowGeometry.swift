/// A window that slides along one axis: of a convolution or a pool.
struct WindowAxis: Equatable {
    var size: Int
    var kernel: Int
    var stride: Int
    var dilation: Int
    /// Padding before and after; cropping where negative.
    var before: Int
    var after: Int
    var out: Int

    /// The input position that tap `tap` of output `index` meets; may lie outside of 0..<size.
    func position(_ index: Int, _ tap: Int) -> Int { index * stride - before + tap * dilation }
}

/// The spatial axes of a convolution or a pool, from the attributes that they have in common.
struct WindowGeometry: Equatable {
    var axes: [WindowAxis]

    static let attributes: Set<String> = ["auto_pad", "kernel_shape", "pads", "strides", "dilations"]
    /// Of a window, its stride, its dilation and its padding.
    static let largest = 1 << 16

    var out: [Int] { axes.map(\.out) }
    var taps: Int { axes.reduce(1) { $0 * $1.kernel } }

    /// - Parameters:
    ///   - spatial: the input's sizes behind N and C.
    ///   - kernel: of the weights; `nil` where the attribute must give it.
    init(
        _ attributes: Attributes, spatial: [Int], kernel given: [Int]?, ceil: Bool = false
    ) throws(OperatorError) {
        let rank = spatial.count
        guard rank >= 1 else { throw OperatorError("its input has no spatial dimensions") }
        let written = try Self.sizes(attributes, "kernel_shape", rank: rank, from: 1)
        guard let kernel = written ?? given else { throw OperatorError("attribute 'kernel_shape' is missing") }
        if let given, given != kernel {
            throw OperatorError("attribute 'kernel_shape' is \(kernel), but the weights are \(given)")
        }
        let ones = [Int](repeating: 1, count: rank)
        let strides = try Self.sizes(attributes, "strides", rank: rank, from: 1) ?? ones
        let dilations = try Self.sizes(attributes, "dilations", rank: rank, from: 1) ?? ones
        let pads =
            try Self.sizes(attributes, "pads", rank: 2 * rank, from: 0) ?? [Int](repeating: 0, count: 2 * rank)
        let mode = try attributes.string("auto_pad", default: "NOTSET")
        guard ["NOTSET", "", "VALID", "SAME_UPPER", "SAME_LOWER"].contains(mode) else {
            throw OperatorError("attribute 'auto_pad' is '\(mode)'")
        }
        axes = []
        for i in 0..<rank {
            guard kernel[i] >= 1, kernel[i] <= Self.largest else {
                throw OperatorError("a kernel of \(kernel)")
            }
            let reach = (kernel[i] - 1) * dilations[i] + 1
            var axis = WindowAxis(
                size: spatial[i], kernel: kernel[i], stride: strides[i], dilation: dilations[i], before: 0, after: 0,
                out: 0)
            if mode.hasPrefix("SAME") {
                axis.out = (spatial[i] + strides[i] - 1) / strides[i]
                let total = max((axis.out - 1) * strides[i] + reach - spatial[i], 0)
                axis.before = mode == "SAME_LOWER" ? (total + 1) / 2 : total / 2
                axis.after = total - axis.before
            } else {
                if mode != "VALID" { (axis.before, axis.after) = (pads[i], pads[i + rank]) }
                let room = spatial[i] + axis.before + axis.after - reach
                // A last window that hangs over may be the only one.
                guard room >= 0 || (ceil && -room < strides[i]) else {
                    throw OperatorError(
                        "a window of \(reach) values does not fit in \(spatial[i]) with padding "
                            + "\(axis.before) and \(axis.after)")
                }
                axis.out = room < 0 ? 1 : room / strides[i] + 1
                if ceil, room > 0, room % strides[i] != 0, axis.out * strides[i] < spatial[i] + axis.before {
                    axis.out += 1
                }
            }
            guard axis.out >= 1 else { throw OperatorError("its output would be empty") }
            axes.append(axis)
        }
    }

    private static func sizes(
        _ attributes: Attributes, _ name: String, rank: Int, from least: Int
    ) throws(OperatorError) -> [Int]? {
        guard let values = try attributes.ints(name), !values.isEmpty else { return nil }
        guard values.count == rank else {
            throw OperatorError("attribute '\(name)' has \(values.count) values, where \(rank) are needed")
        }
        guard values.allSatisfy({ $0 >= least && $0 <= largest }) else {
            throw OperatorError("attribute '\(name)' is \(values)")
        }
        return values
    }

    /// For each output position in order: taps that lie inside the image, with their offset in the image's plane.
    func forEachOutput(_ body: (_ output: Int, _ taps: [(tap: Int, offset: Int)]) -> Void) {
        let planes = Tensor.strides(axes.map(\.size))
        var index = [Int](repeating: 0, count: axes.count)
        var taps: [(tap: Int, offset: Int)] = []
        let count = out.reduce(1, *)
        for output in 0..<count {
            taps.removeAll(keepingCapacity: true)
            var tap = [Int](repeating: 0, count: axes.count)
            for number in 0..<self.taps {
                var offset = 0
                var isInside = true
                for (i, axis) in axes.enumerated() {
                    let position = axis.position(index[i], tap[i])
                    isInside = isInside && position >= 0 && position < axis.size
                    offset += position * planes[i]
                }
                if isInside { taps.append((number, offset)) }
                Self.advance(&tap, axes.map(\.kernel))
            }
            body(output, taps)
            Self.advance(&index, axes.map(\.out))
        }
    }

    static func advance(_ index: inout [Int], _ sizes: [Int]) {
        for axis in sizes.indices.reversed() {
            index[axis] += 1
            if index[axis] < sizes[axis] { return }
            index[axis] = 0
        }
    }
}
