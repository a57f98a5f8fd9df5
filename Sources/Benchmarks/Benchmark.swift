import Compute

/// What `distilld bench` measures.
public enum Benchmark: String, Sendable, CaseIterable {
    /// Multiply-adds that the threads can do at most.
    case peak
    /// Matrix products of the shapes that im2col gives for CIFAR ResNets.
    case gemm
    /// The convolutions of a network, one by one.
    case conv
    /// Steps of distillation: forward, loss, backward, update.
    case train
    /// Forward passes with folded norms.
    case infer
    /// Batches of changed images, in parts of a training step.
    case input
    /// JPEG and PNG files from memory to pixels.
    case decode

    /// What it runs in.
    public var precisions: [BenchmarkSettings.Precision] {
        switch self {
        case .peak, .infer: [.fp32, .bf16, .int8]
        case .gemm: [.fp32, .int8]
        case .conv, .train, .input: [.fp32, .bf16]
        case .decode: [.fp32]
        }
    }

    /// Measures, row by row; `report` gets each row as soon as it is there.
    public func run(_ settings: BenchmarkSettings, report: (BenchmarkRow) -> Void) throws {
        guard (1...4096).contains(settings.batch) else { throw BenchmarkError.batch(settings.batch) }
        guard (1...256).contains(settings.threads) else { throw BenchmarkError.threads(settings.threads) }
        guard (0.01...600).contains(settings.seconds) else { throw BenchmarkError.seconds(settings.seconds) }
        guard precisions.contains(settings.precision) else { throw BenchmarkError.precision(settings.precision, self) }
        if let side = settings.side, !(1...4096).contains(side) { throw BenchmarkError.side(side) }
        let pool = ThreadPool(threads: settings.threads)
        switch self {
        case .peak: report(PeakBenchmark.row(settings, pool: pool))
        case .gemm: ProductBenchmark.run(settings, pool: pool, report: report)
        case .conv: try ConvolutionBenchmark.run(settings, pool: pool, report: report)
        case .train: try TrainingBenchmark.run(settings, pool: pool, report: report)
        case .infer: try InferenceBenchmark.run(settings, pool: pool, report: report)
        case .input: try InputBenchmark.run(settings, pool: pool, report: report)
        case .decode: try DecodeBenchmark.run(settings, pool: pool, report: report)
        }
    }
}
