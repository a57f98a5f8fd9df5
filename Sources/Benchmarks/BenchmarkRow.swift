/// One measurement.
public struct BenchmarkRow: Sendable, Equatable, Codable {
    /// `peak`, `gemm`, `conv`, `train`, `infer`, `input` or `decode`.
    public var benchmark: String
    /// What was measured: a network, a layer, the shape of a product.
    public var subject: String
    public var precision: String
    public var threads: Int
    public var batch: Int?
    /// Of the median call, and of the fastest.
    public var imagesPerSecond, bestImagesPerSecond: Double?
    /// Of the median call, from its start to its end.
    public var milliseconds: Double
    /// Arithmetic of the plain algorithm (2 for a multiplication with its addition) in 10^9 a second, of the fastest
    /// call. A fast algorithm that multiplies less may be above the peak.
    public var gflops: Double?
    /// `gflops` in parts of what the threads could multiply and add, measured in the same run.
    public var shareOfPeak: Double?
    /// Of `input`: its time in parts of that of a whole training step, itself included.
    public var shareOfStep: Double?

    init(
        _ benchmark: String, _ subject: String, settings: BenchmarkSettings, timing: Timing, batch: Int? = nil,
        operations: Double? = nil, peak: Double? = nil
    ) {
        self.benchmark = benchmark
        self.subject = subject
        precision = settings.precision.rawValue
        threads = settings.threads
        self.batch = batch
        imagesPerSecond = batch.map { Double($0) / timing.median }
        bestImagesPerSecond = batch.map { Double($0) / timing.best }
        milliseconds = timing.median * 1e3
        gflops = operations.map { $0 / timing.best / 1e9 }
        shareOfPeak = gflops.flatMap { rate in peak.map { rate / $0 } }
    }
}
