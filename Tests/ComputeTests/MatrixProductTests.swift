import Compute
import Testing

/// The blocked product against its definition, and the same bytes on any number of threads.
@Suite struct MatrixProductTests {
    struct Shape: Sendable, CustomTestStringConvertible {
        let rows, depth, columns: Int
        var testDescription: String { "\(rows)x\(depth)x\(columns)" }
    }

    /// Around the sizes of tiles and blocks, and in every order of large and small.
    static let shapes = [
        Shape(rows: 1, depth: 1, columns: 1), Shape(rows: 3, depth: 5, columns: 17),
        Shape(rows: 97, depth: 27, columns: 16), Shape(rows: 13, depth: 257, columns: 70),
        Shape(rows: 200, depth: 300, columns: 33), Shape(rows: 5, depth: 520, columns: 1100),
        Shape(rows: 130, depth: 64, columns: 129),
    ]

    @Test(arguments: shapes) func agreesWithItsDefinition(shape: Shape) {
        let a = noise(shape.rows * shape.depth, stream: 1)
        let b = noise(shape.depth * shape.columns, stream: 2)
        let expected = (0..<shape.rows * shape.columns).map { index in
            (0..<shape.depth).reduce(0.0) {
                $0 + Double(a[index / shape.columns * shape.depth + $1])
                    * Double(b[$1 * shape.columns + index % shape.columns])
            }
        }
        for kernels in Kernels.available {
            let results = [1, 3].map { threads in
                var c = [Float](repeating: .nan, count: expected.count)
                MatrixProduct(
                    rows: shape.rows, depth: shape.depth, columns: shape.columns, threads: threads, kernels: kernels
                ).run(a, b, to: &c, pool: ThreadPool(threads: threads))
                return c
            }
            let worst = zip(results[0], expected).map { abs(Double($0) - $1) }.max() ?? 0
            #expect(worst < 4e-6 * Double(shape.depth).squareRoot() + 1e-6, "\(kernels.isa) differs by \(worst)")
            #expect(results[0].map(\.bitPattern) == results[1].map(\.bitPattern), "\(kernels.isa) threads")
        }
    }
}
