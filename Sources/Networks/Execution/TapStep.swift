import Compute

/// Hands a value to the network's user, and adds the gradient that comes back from there to the value's own.
///
/// It stands right behind the value's producer, so that in the backward pass every other reader has written before.
final class TapStep: TrainingStep {
    let value: Endpoint
    /// N,H,W,C.
    let gradient: FloatBuffer
    /// Whether `gradient` is added in the backward pass.
    var isUsed = false

    /// - Parameter value: written out.
    init(_ value: Endpoint, maximumBatch: Int) {
        self.value = value
        gradient = FloatBuffer(count: maximumBatch * value.count)
    }

    func forward(_ batch: Batch) {}

    func backward(_ batch: Batch) {
        guard isUsed, let target = value.gradient else { return }
        let blocks = batch.blocks(of: value.count)
        batch.pool.run(blocks.count) { block, _ in
            let images = blocks[block]
            let from = images.lowerBound * value.count
            batch.kernels.table.pointee.accumulate(
                gradient.base + from, target + from, Int64(images.count * value.count))
        }
    }
}
