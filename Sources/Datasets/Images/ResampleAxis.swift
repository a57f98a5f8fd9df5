import CCodecs

/// The weights of one axis of a resize.
///
/// Shrinking takes the Lanczos filter of three lobes, stretched by the scale so that it covers all source pixels
/// (antialiased); growing takes the cubic of Keys (1981, "Cubic convolution interpolation for digital image
/// processing", a = -1/2). Weights are rounded to `CC_RESIZE_BITS` bits and are made with additions, multiplications
/// and divisions of doubles only, so they are the same on every machine.
struct ResampleAxis {
    /// Pixels of the source that are used at all: the range of the other pass.
    let used: Range<Int>
    let outputs: Int
    private let taps: Int
    private let first: [Int32]
    private let count: [Int32]
    private let weights: [Int32]

    /// - Parameters:
    ///   - size: pixels of the source.
    ///   - start: where the part to be taken begins, and `length`: how long it is, in pixels of the source.
    ///   - outputs: pixels of the target.
    init(size: Int, start: Double, length: Double, outputs: Int) {
        precondition(size > 0 && outputs > 0 && length > 0)
        let scale = length / Double(outputs)
        let shrinks = scale > 1
        let stretch = max(scale, 1)
        let support = (shrinks ? 3 : 2) * stretch
        let taps = min(size, 2 * Int(support.rounded(.up)) + 1)
        var first = [Int32]()
        var count = [Int32]()
        var weights = [Int32](repeating: 0, count: outputs * taps)
        var row = [Double](repeating: 0, count: taps)
        for i in 0..<outputs {
            // Pixel centres are at halves.
            let center = start + (Double(i) + 0.5) * scale
            let low = min(max(0, Int((center - support + 0.5).rounded(.down))), size - 1)
            let high = min(max(low + 1, Int((center + support + 0.5).rounded(.down))), size)
            let n = min(high - low, taps)
            var sum = 0.0
            for k in 0..<n {
                let x = (Double(low + k) - center + 0.5) / stretch
                row[k] = shrinks ? Self.lanczos3(x) : Self.cubic(x)
                sum += row[k]
            }
            for k in 0..<n {
                let weight = row[k] / sum * Double(1 << CC_RESIZE_BITS)
                weights[i * taps + k] = Int32(weight.rounded(.toNearestOrAwayFromZero))
            }
            first.append(Int32(low))
            count.append(Int32(n))
        }
        self.outputs = outputs
        self.taps = taps
        self.first = first
        self.count = count
        self.weights = weights
        used = Int(first[0])..<zip(first, count).reduce(0) { max($0, Int($1.0 + $1.1)) }
    }

    func withC<Result>(_ body: (inout cc_resize_axis) -> Result) -> Result {
        first.withUnsafeBufferPointer { first in
            count.withUnsafeBufferPointer { count in
                weights.withUnsafeBufferPointer { weights in
                    var axis = cc_resize_axis(
                        outputs: Int32(outputs), taps: Int32(taps), first: first.baseAddress,
                        count: count.baseAddress, weights: weights.baseAddress)
                    return body(&axis)
                }
            }
        }
    }

    static func cubic(_ x: Double) -> Double {
        let x = abs(x)
        if x < 1 { return (1.5 * x - 2.5) * x * x + 1 }
        if x < 2 { return ((-0.5 * x + 2.5) * x - 4) * x + 2 }
        return 0
    }

    /// sinc(x) sinc(x / 3), where sinc(x) = sin(pi x) / (pi x).
    static func lanczos3(_ x: Double) -> Double {
        let x = abs(x)
        guard x < 3 else { return 0 }
        guard x > 1e-8 else { return 1 }
        let third = sine(halfTurns: x / 3)
        // sin 3t = 3 sin t - 4 sin^3 t.
        let whole = third * (3 - 4 * third * third)
        let angle = Double.pi * x
        return 3 * whole * third / (angle * angle)
    }

    /// sin(pi x) for x in 0...1 by its Taylor series around the nearer end of the quarter turn, without the C
    /// library's, which differs between processors in the last bit.
    private static func sine(halfTurns x: Double) -> Double {
        let t = Double.pi * min(x, 1 - x)
        let square = t * t
        var term = t
        var sum = t
        for k in stride(from: 3.0, through: 25, by: 2) {
            term *= -square / (k * (k - 1))
            sum += term
        }
        return sum
    }
}
