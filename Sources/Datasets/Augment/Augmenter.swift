import Compute
import Manifests

/// Makes batches of network input from decoded images: random changes, then (value / 255 - mean) / std.
///
/// What happens to an image hangs on the seed, the epoch and the image's index alone, so a batch can be made again,
/// on any number of threads. The order is: reflected border and crop, flip, colour jitter, normalisation, cutout,
/// mixup. All memory is made at `init`.
///
/// One caller at a time.
public final class Augmenter {
    public let height, width, channels: Int
    private let plan: AugmentPlan
    private let mixupAlpha: Double
    private let table: NormalizationTable
    private let pool: ThreadPool
    /// `width` source columns for each thread, in bytes from the row's begin.
    private let columns: UnsafeMutablePointer<Int32>
    private let valuesPerImage: Int

    /// - Parameters:
    ///   - mean, std: for each channel, in 0...1 units; std above 0.
    public init(
        _ spec: AugmentSpec, height: Int, width: Int, channels: Int, mean: [Float], std: [Float], pool: ThreadPool
    ) {
        precondition(height > 0 && width > 0 && channels > 0 && mean.count == channels && std.count == channels)
        self.height = height
        self.width = width
        self.channels = channels
        self.pool = pool
        plan = AugmentPlan(spec, height: height, width: width)
        mixupAlpha = spec.mixup
        table = NormalizationTable(mean: mean, std: std)
        valuesPerImage = height * width * channels
        columns = .allocate(capacity: width * pool.threads)
        columns.initialize(repeating: 0, count: width * pool.threads)
    }

    deinit { columns.deallocate() }

    /// Whether `mix` has anything to do.
    public var mixes: Bool { mixupAlpha > 0 }

    /// Fills `batch` from images, changed at random.
    ///
    /// - Parameters:
    ///   - batch: N,H,W,C.
    ///   - rows: H,W,C bytes of every image of the dataset.
    ///   - samples: N indices into `rows`.
    public func fill(
        _ batch: UnsafeMutablePointer<Float>, from rows: UnsafePointer<UnsafePointer<UInt8>>,
        samples: UnsafePointer<Int32>, count: Int, seed: UInt64, epoch: Int
    ) {
        let (plan, table, columns, size, width) = (plan, table, columns, valuesPerImage, width)
        pool.run(count) { i, thread in
            let sample = Int(samples[i])
            let change = plan.draw(seed: seed, epoch: epoch, sample: sample)
            plan.apply(
                change, to: rows[sample], into: batch + i * size, table, columns: columns + thread * width)
        }
    }

    /// Mixup (Zhang et al. 2018) in place: image i becomes share * image i + (1 - share) * image N-1-i, with a share
    /// of its own from Beta(alpha, alpha). Partners are random since the order of images is; pairing them from both
    /// ends lets each pair be mixed in place.
    ///
    /// - Parameters:
    ///   - shares: N; the part of each image's own label, to be used in its target. 1 in the middle of an odd batch.
    public func mix(
        _ batch: UnsafeMutablePointer<Float>, samples: UnsafePointer<Int32>, count: Int, seed: UInt64, epoch: Int,
        shares: UnsafeMutablePointer<Float>
    ) {
        let (alpha, size) = (mixupAlpha, valuesPerImage)
        guard alpha > 0 else {
            shares.update(repeating: 1, count: count)
            return
        }
        for i in 0..<count {
            shares[i] =
                2 * i + 1 == count
                ? 1 : Mixup.share(alpha: alpha, seed: seed, epoch: epoch, sample: Int(samples[i]))
        }
        pool.run(count / 2) { i, _ in
            let j = count - 1 - i
            Mixup.blend(batch + i * size, batch + j * size, size, shares[i], shares[j])
        }
    }
}
