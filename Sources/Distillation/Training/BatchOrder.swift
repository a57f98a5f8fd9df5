import Compute

/// Which images make up the batches of an epoch: a random order of all, cut into batches of one size; images that do
/// not fill a last batch wait for the next epoch's order. A dataset smaller than a batch is one batch.
final class BatchOrder {
    let batch: Int
    /// Steps an epoch.
    let steps: Int
    private let count: Int
    private let seed: UInt64
    private let order: UnsafeMutablePointer<Int32>

    /// - Parameter images: at least 2.
    init(images: Int, batch: Int, seed: UInt64) {
        precondition(images >= 2 && batch >= 2)
        self.batch = min(batch, images)
        steps = images / self.batch
        count = images
        self.seed = seed
        order = .allocate(capacity: images)
        order.initialize(repeating: 0, count: images)
    }

    deinit { order.deallocate() }

    /// - Parameter epoch: counted from 0.
    func shuffle(epoch: Int) {
        var random = CounterRandom(seed: seed, stream: Self.stream, UInt32(truncatingIfNeeded: epoch))
        let permutation = random.permutation(count)
        for i in 0..<count { order[i] = permutation[i] }
    }

    /// `batch` image indices.
    func samples(step: Int) -> UnsafePointer<Int32> {
        precondition(step >= 0 && step < steps)
        return UnsafePointer(order + step * batch)
    }

    /// "shuf" in ASCII: apart from the streams of augmentation, initialisation and dropout.
    private static let stream: UInt32 = 0x7368_7566
}
