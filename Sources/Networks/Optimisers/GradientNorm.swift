import Compute

/// The L2 norm of all gradients of a network, and the factor that clips it.
///
/// Squares are summed in double precision by blocks of fixed size, and the blocks in their order.
public final class GradientNorm {
    private static let blockSize = 16_384
    private let sums: UnsafeMutablePointer<Double>
    private let count: Int
    private let blocks: Int

    public init(_ graph: Graph) {
        count = graph.storageCount
        blocks = (count + Self.blockSize - 1) / Self.blockSize
        sums = .allocate(capacity: max(blocks, 1))
    }

    deinit { sums.deallocate() }

    /// NaN or infinite where a gradient is.
    public func callAsFunction(_ gradients: ParameterBuffer, pool: ThreadPool) -> Double {
        precondition(gradients.count == count)
        let (values, sums, count) = (gradients.base, sums, count)
        pool.run(blocks) { block, _ in
            let first = block * Self.blockSize
            sums[block] = Self.squares(values + first, min(Self.blockSize, count - first))
        }
        var total = 0.0
        for block in 0..<blocks { total += sums[block] }
        return total.squareRoot()
    }

    /// As `torch.nn.utils.clip_grad_norm_`: min(1, limit / (norm + 1e-6)).
    public static func scale(norm: Double, limit: Double) -> Float { Float(min(1, limit / (norm + 1e-6))) }

    /// Four sums at a time, so that an addition need not wait for the one before.
    private static func squares(_ x: UnsafePointer<Float>, _ count: Int) -> Double {
        var sums = SIMD4<Double>()
        var i = 0
        while i + 4 <= count {
            let four = SIMD4<Double>(SIMD4<Float>(x[i], x[i + 1], x[i + 2], x[i + 3]))
            sums += four * four
            i += 4
        }
        var total = (sums[0] + sums[1]) + (sums[2] + sums[3])
        while i < count {
            total += Double(x[i]) * Double(x[i])
            i += 1
        }
        return total
    }
}
