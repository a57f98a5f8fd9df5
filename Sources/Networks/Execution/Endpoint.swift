import CKernels
import Compute

/// A value that one step hands to others, for the whole batch.
///
/// It lies in memory as its producer wrote it (`raw`), with a batch norm and activation that readers apply on the way,
/// so that it need not cross memory once more. The gradient is by the value itself, the norm and activation included.
final class Endpoint {
    /// Of one image.
    let shape: Graph.Shape
    let raw: UnsafeMutablePointer<Float>
    let norm: Norm?
    let activation: Activation
    /// The value written out, for readers that need it so. For a plain value, `raw`.
    var stored: UnsafeMutablePointer<Float>?
    /// `nil` for the input.
    var gradient: UnsafeMutablePointer<Float>?
    /// Parts of the norm's backward sums that the last writer of the gradient has left; 0: none.
    var sumParts = 0
    /// Floats from the sums to the products in those parts.
    var sumHalf = 0

    init(shape: Graph.Shape, raw: UnsafeMutablePointer<Float>, norm: Norm? = nil, activation: Activation = .none) {
        self.shape = shape
        self.raw = raw
        self.norm = norm
        self.activation = activation
        if norm == nil { stored = raw }
    }

    var count: Int { shape.count }
    var pixels: Int { shape.height * shape.width }

    /// From one image on, the norm and activation still to be applied.
    func source(_ image: Int) -> Source {
        guard let norm else { return Source(raw + image * count) }
        return Source(
            raw + image * count, scale: norm.scale.base, shift: norm.shift.base, activation: activation)
    }

    /// From one image on, as the producer's gradient: through the activation and norm.
    func gradientSource(_ image: Int) -> GradientSource {
        guard let gradient else { preconditionFailure("a value without a gradient") }
        guard let norm else { return GradientSource(gradient + image * count) }
        return GradientSource(
            gradient + image * count,
            norm: GradientSource.Norm(
                y: raw + image * count, scale: norm.scale.base, shift: norm.shift.base, p: norm.p.base,
                q: norm.q.base, r: norm.r.base, activation: activation))
    }

    /// Adds the norm's backward sums over some images to a part of it.
    func addNormSums(images: Range<Int>, part: Int, kernels: Kernels) {
        guard let norm, let gradient, !norm.isIdentity else { return }
        let from = images.lowerBound * count
        kernels.table.pointee.norm_sums(
            gradient + from, raw + from, Int64(images.count * pixels), Int32(shape.channels), norm.scale.base,
            norm.shift.base, activation.rawValue, norm.mean.base, norm.part(part))
    }

    /// The norm's backward sums over one image, in a part of its own.
    func sumNorm(ofImage image: Int, _ batch: Batch) {
        norm?.clearPart(image)
        addNormSums(images: image..<image + 1, part: image, kernels: batch.kernels)
    }

    /// Makes the norm ready for the backward pass of its producer, adding up what no writer of the gradient did.
    func finishGradient(_ batch: Batch) {
        guard let norm, !norm.isIdentity else { return }
        if sumParts == 0 {
            let blocks = batch.blocks(of: count)
            batch.pool.run(blocks.count) { block, _ in
                norm.clearPart(block)
                addNormSums(images: blocks[block], part: block, kernels: batch.kernels)
            }
            sumParts = blocks.count
        }
        norm.finishBackward(chunks: sumParts, half: shape.channels, values: batch.count * pixels)
        sumParts = 0
    }
}

/// What every step is told about the batch.
struct Batch {
    /// Images.
    let count: Int
    let seed: UInt64
    let step: Int
    let pool: ThreadPool
    let kernels: Kernels
    /// Of each thread.
    let scratch: [UnsafeMutablePointer<Float>]
    /// Sums of the weights' gradient, of all chunks of the convolution at work.
    let sums: UnsafeMutablePointer<Float>

    /// Images cut into blocks of about 64 KiB, a task each: the same for any number of threads.
    func blocks(of floats: Int) -> Blocks { Blocks(total: count, size: max(1, 16_384 / max(floats, 1))) }

    struct Blocks {
        let total, size: Int
        var count: Int { (total + size - 1) / size }
        subscript(_ block: Int) -> Range<Int> { block * size..<min((block + 1) * size, total) }
    }
}
