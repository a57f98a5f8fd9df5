import Compute

/// A step of a planned network, for each image; storages are named by their numbers.
struct PlanStep {
    /// What is read: a storage, or constants that are the same for every image.
    enum Operand {
        case storage(Int, offset: Int)
        case constant([Float])
    }

    enum Kind {
        /// x is H,W,C; the output OH,OW,O.
        case convolution(PlannedConvolution, x: Operand)
        /// out = act(scale x + shift) for each channel; `x` is pixels,C.
        case affine(PlannedAffine, x: Operand, pixels: Int, activation: Activation)
        /// out = act(a + b)
        case add(a: Operand, b: Operand, count: Int, activation: Activation)
        /// out = act(factor x + term), with `factor` and `term` values a channel of the same image.
        case perChannel(
            x: Operand, factor: Operand?, term: Operand?, pixels: Int, channels: Int, activation: Activation)
        case pointwise(PointFunction, x: Operand, count: Int)
        case binary(BinaryFunction, a: Operand, b: Operand, count: Int)
        case prelu(x: Operand, slope: [Float], pixels: Int)
        /// x is H,W,C.
        case maxPool(WindowGeometry, x: Operand, channels: Int)
        case averagePool(WindowGeometry, x: Operand, channels: Int, shares: [Float])
        /// The mean or the largest value of each channel of pixels,C.
        case globalPool(x: Operand, pixels: Int, channels: Int, isMaximum: Bool)
        /// Over contiguous rows.
        case softmax(x: Operand, rows: Int, length: Int, isLogarithm: Bool)
        /// The same value everywhere.
        case fill(Float, count: Int)
        /// Elements moved from one layout to another; the operand's offset is part of the copy.
        case copy(from: StridedCopy, x: Operand)
        /// Rows and columns of H,W,C as weighted sums of others.
        case resize(rows: ResizeTaps, columns: ResizeTaps, x: Operand, channels: Int)
        /// A reference operator, on row-major tensors.
        case reference(ReferenceCall)
    }

    var kind: Kind
    /// Storages that are written; one but for `reference`.
    var outputs: [Int]
    /// For messages and measurements.
    let name: String

    /// Storages that are read.
    var inputs: [Int] {
        let operands: [Operand]
        switch kind {
        case .convolution(_, let x), .affine(_, let x, _, _), .pointwise(_, let x, _), .prelu(let x, _, _),
            .maxPool(_, let x, _), .averagePool(_, let x, _, _), .globalPool(let x, _, _, _),
            .softmax(let x, _, _, _), .copy(_, let x), .resize(_, _, let x, _):
            operands = [x]
        case .add(let a, let b, _, _), .binary(_, let a, let b, _): operands = [a, b]
        case .perChannel(let x, let factor, let term, _, _, _): operands = [x] + [factor, term].compactMap { $0 }
        case .fill: return []
        case .reference(let call): return call.storages
        }
        return operands.compactMap { if case .storage(let number, _) = $0 { number } else { nil } }
    }
}

/// A convolution with its constants; a class, since later nodes fold into it.
final class PlannedConvolution {
    let geometry: ConvolutionGeometry
    /// O,KH,KW,C/groups
    var weights: [Float]
    var bias: [Float]
    var activation = Activation.none
    /// Applied to the input before its zero padding.
    var before: (scale: [Float], shift: [Float], activation: Activation)?

    init(geometry: ConvolutionGeometry, weights: [Float], bias: [Float]) {
        precondition(weights.count == geometry.weightCount && bias.count == geometry.outputs)
        self.geometry = geometry
        self.weights = weights
        self.bias = bias
    }

    /// Follows the convolution by scale * y + shift.
    func append(scale: [Float], shift: [Float]) {
        let depth = geometry.depth
        for o in 0..<geometry.outputs {
            let k = Double(scale[o])
            for i in o * depth..<(o + 1) * depth { weights[i] = Float(Double(weights[i]) * k) }
            bias[o] = Float(Double(bias[o]) * k + Double(shift[o]))
        }
    }
}

/// scale x + shift for each channel; a class, since later nodes fold into it.
final class PlannedAffine {
    var scale, shift: [Float]

    init(scale: [Float], shift: [Float]) {
        self.scale = scale
        self.shift = shift
    }

    func append(scale after: [Float], shift more: [Float]) {
        for c in scale.indices {
            scale[c] *= after[c]
            shift[c] = shift[c] * after[c] + more[c]
        }
    }
}

/// A function of `ck_image.h` with its parameters.
struct PointFunction: Equatable {
    var code: Int32
    var parameters: [Float]

    init(_ code: UInt32, _ a: Double = 0, _ b: Double = 0, _ c: Double = 0, _ d: Double = 0) {
        self.code = Int32(code)
        parameters = [Float(a), Float(b), Float(c), Float(d)]
    }
}

struct BinaryFunction: Equatable {
    var code: Int32

    init(_ code: UInt32) { self.code = Int32(code) }
}

/// Elements moved between layouts: for every index of `sizes`, outermost first.
struct StridedCopy: Equatable {
    var sizes, from, to: [Int64]
    var offset = 0
    var target = 0

    /// From the elements of a view, in their logical order, to those of another of the same shape.
    ///
    /// - Precondition: atoms of both views can be matched, as those of a dense target can.
    init(_ source: View, to destination: View) {
        precondition(source.shape == destination.shape)
        (offset, target) = (source.offset, destination.offset)
        var parts: [(size: Int, from: Int, to: Int)] = []
        for (left, right) in zip(source.dims, destination.dims) { parts += Self.match(left, right) }
        // The longest runs innermost: by the target's strides.
        parts.sort { $0.to > $1.to }
        var merged: [(size: Int, from: Int, to: Int)] = []
        for part in parts {
            if let last = merged.last, last.from == part.from * part.size, last.to == part.to * part.size {
                merged[merged.count - 1] = (last.size * part.size, part.from, part.to)
            } else {
                merged.append(part)
            }
        }
        sizes = merged.map { Int64($0.size) }
        from = merged.map { Int64($0.from) }
        to = merged.map { Int64($0.to) }
    }

    /// Splits the atoms of one dimension on both sides until they pair up.
    private static func match(_ left: [View.Atom], _ right: [View.Atom]) -> [(size: Int, from: Int, to: Int)] {
        var (a, b) = (left, right)
        var result: [(size: Int, from: Int, to: Int)] = []
        // From the innermost atoms out.
        while let x = a.popLast(), let y = b.popLast() {
            let size = x.size == y.size ? x.size : gcd(x.size, y.size)
            precondition(size > 1, "atoms of \(left) and \(right) do not match")
            result.append((size, x.stride, y.stride))
            if x.size > size { a.append(View.Atom(size: x.size / size, stride: x.stride * size)) }
            if y.size > size { b.append(View.Atom(size: y.size / size, stride: y.stride * size)) }
        }
        return result
    }

    private static func gcd(_ a: Int, _ b: Int) -> Int { b == 0 ? a : gcd(b, a % b) }
}

/// For every output row or column: which inputs it is the sum of, with which weights.
struct ResizeTaps: Equatable {
    var starts: [Int]
    var indices: [Int]
    var weights: [Float]
    let size: Int

    init(_ taps: [[ResizePlan.Tap]]?, size: Int) {
        self.size = size
        starts = [0]
        indices = []
        weights = []
        for sources in taps ?? (0..<size).map({ [ResizePlan.Tap(index: $0, weight: 1)] }) {
            for tap in sources {
                indices.append(tap.index)
                weights.append(Float(tap.weight))
            }
            starts.append(indices.count)
        }
    }

    var count: Int { starts.count - 1 }
}

/// A node that runs by its reference operator.
struct ReferenceCall {
    enum Input {
        case missing
        case constant(Tensor)
        case value(View, ElementType)
    }

    let node: ONNXModel.Node
    let opset: Int
    let inputs: [Input]

    var storages: [Int] {
        inputs.compactMap { if case .value(let view, _) = $0 { view.storage } else { nil } }
    }
}
