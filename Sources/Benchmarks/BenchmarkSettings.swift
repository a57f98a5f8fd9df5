import Compute

/// What a benchmark is told.
public struct BenchmarkSettings: Sendable, Equatable {
    public enum Precision: String, Sendable, CaseIterable { case fp32, bf16, int8 }

    /// A preset; `nil`: those that the benchmark measures by default.
    public var model: String?
    public var batch: Int
    public var precision: Precision
    public var threads: Int
    /// For each measurement.
    public var seconds: Double
    /// Of `decode`: a folder of JPEG and PNG files; `nil`: some are made.
    public var images: String?
    /// Of `decode` with `images`: the side of the squares that they are brought to; `nil`: they keep their size.
    public var side: Int?

    public init(
        model: String? = nil, batch: Int = 128, precision: Precision = .fp32, threads: Int, seconds: Double = 2,
        images: String? = nil, side: Int? = nil
    ) {
        self.model = model
        self.batch = batch
        self.precision = precision
        self.threads = threads
        self.seconds = seconds
        self.images = images
        self.side = side
    }

    /// That of a network; benchmarks of networks refuse others.
    var networkPrecision: Compute.Precision { precision == .bf16 ? .bf16 : .fp32 }
}

/// Why a benchmark cannot run. The description is a line for people.
public enum BenchmarkError: Error, Equatable {
    case batch(Int)
    case threads(Int)
    case seconds(Double)
    case precision(BenchmarkSettings.Precision, Benchmark)
    /// What is the matter with the images.
    case images(String)
    case side(Int)
}

extension BenchmarkError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .batch(let found): "a batch of \(found) images: give 1 to 4096"
        case .threads(let found): "\(found) threads: give 1 to 256"
        case .seconds(let found): "\(found) seconds for a measurement: give 0.01 to 600"
        case .images(let what): "\(what): name a folder of pictures with --images"
        case .side(let found): "a side of \(found) pixels: give 1 to 4096"
        case .precision(let precision, let benchmark):
            "\(benchmark.rawValue) has no \(precision.rawValue): it runs in "
                + benchmark.precisions.map(\.rawValue).joined(separator: ", ")
        }
    }
}
