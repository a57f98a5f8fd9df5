import Compute

/// C = A B in single precision: rows are an image's pixels for a batch of 128, columns are output channels.
enum ProductBenchmark {
    struct Shape {
        let name: String
        let rows, depth, columns: Int
    }

    static let shapes = [
        Shape(name: "stem", rows: 131_072, depth: 27, columns: 16),
        Shape(name: "stage 1", rows: 131_072, depth: 144, columns: 16),
        Shape(name: "stage 2", rows: 32_768, depth: 288, columns: 32),
        Shape(name: "stage 3", rows: 8_192, depth: 576, columns: 64),
        Shape(name: "x4 stage 1", rows: 131_072, depth: 576, columns: 64),
        Shape(name: "x4 stage 2", rows: 32_768, depth: 1_152, columns: 128),
        Shape(name: "x4 stage 3", rows: 8_192, depth: 2_304, columns: 256),
        Shape(name: "square", rows: 1_024, depth: 1_024, columns: 1_024),
    ]

    static func run(_ settings: BenchmarkSettings, pool: ThreadPool, report: (BenchmarkRow) -> Void) {
        for shape in shapes {
            let a = FloatBuffer.noise(shape.rows * shape.depth, stream: 1)
            let b = FloatBuffer.noise(shape.depth * shape.columns, stream: 2)
            let c = FloatBuffer(count: shape.rows * shape.columns)
            let product = MatrixProduct(
                rows: shape.rows, depth: shape.depth, columns: shape.columns, threads: pool.threads)
            let peak = PeakBenchmark.gflops(pool)
            let timing = Timing.of(seconds: settings.seconds) { product.run(a.base, b.base, to: c.base, pool: pool) }
            report(
                BenchmarkRow(
                    "gemm", "\(shape.name) \(shape.rows)x\(shape.depth)x\(shape.columns)", settings: settings,
                    timing: timing, operations: 2 * Double(shape.rows * shape.depth * shape.columns), peak: peak))
        }
    }
}

extension FloatBuffer {
    static func noise(_ count: Int, stream: UInt32) -> FloatBuffer {
        let buffer = FloatBuffer(count: count)
        buffer.base.fillWithNoise(count, stream: stream)
        return buffer
    }
}

extension UnsafeMutablePointer<Float> {
    /// Uniform in -1..<1, the same for the same stream.
    func fillWithNoise(_ count: Int, stream: UInt32) {
        var random = CounterRandom(seed: 1, stream: stream)
        for i in 0..<count { self[i] = 2 * random.uniform() - 1 }
    }
}
