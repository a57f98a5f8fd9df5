import Compute

/// Products of the rows of X (count,values) with each other, and mixtures of them, by the kernels of matrix products.
/// All memory is made at `init`.
final class RowProducts {
    let count, values: Int
    private let similarity, mixture: MatrixProduct
    /// values,count.
    private let transposed: FloatBuffer

    /// Values that a task turns around: a line of the cache.
    private static let strip = 16

    init(count: Int, values: Int) {
        self.count = count
        self.values = values
        similarity = MatrixProduct(rows: count, depth: values, columns: count)
        mixture = MatrixProduct(rows: count, depth: count, columns: values)
        transposed = FloatBuffer(count: values * count)
    }

    /// X X^T.
    ///
    /// - Parameters:
    ///   - x: count,values.
    ///   - result: count,count.
    func similarities(
        _ x: UnsafePointer<Float>, to result: UnsafeMutablePointer<Float>, pool: ThreadPool
    ) {
        let (count, values, turned) = (count, values, transposed.base)
        pool.run((values + Self.strip - 1) / Self.strip) { task, _ in
            let strip = task * Self.strip..<min((task + 1) * Self.strip, values)
            for i in 0..<count {
                for k in strip { turned[k * count + i] = x[i * values + k] }
            }
        }
        similarity.run(x, turned, to: result, pool: pool)
    }

    /// W X.
    ///
    /// - Parameters:
    ///   - weights: count,count.
    ///   - x, result: count,values.
    func mix(
        _ weights: UnsafePointer<Float>, _ x: UnsafePointer<Float>, to result: UnsafeMutablePointer<Float>,
        pool: ThreadPool
    ) {
        mixture.run(weights, x, to: result, pool: pool)
    }
}
