import CKernels
import Compute

/// The mean over all pixels, the input's norm and activation applied on the way.
final class GlobalPoolStep: TrainingStep {
    private let input, output: Endpoint
    var accumulates = false
    /// Set by the planner: this is the only reader of the input, so the input's norm sums can be made here.
    var sumsInputNorm = false

    init(input: Endpoint, output: Endpoint) {
        self.input = input
        self.output = output
    }

    func forward(_ batch: Batch) {
        batch.pool.run(batch.count) { image, _ in
            let source = input.source(image)
            ck_global_pool(
                source.base, Int64(input.pixels), Int32(input.shape.channels), source.scale, source.shift,
                source.activation.rawValue, output.raw + image * output.count)
        }
    }

    func backward(_ batch: Batch) {
        guard let dx = input.gradient, let dy = output.gradient else { return }
        batch.pool.run(batch.count) { image, _ in
            ck_global_pool_gradient(
                dy + image * output.count, Int64(input.pixels), Int32(input.shape.channels), accumulates ? 1 : 0,
                dx + image * input.count)
            if sumsInputNorm { input.sumNorm(ofImage: image, batch) }
        }
        if sumsInputNorm { input.sumParts = batch.count }
    }
}

/// Largest or mean value of a window; a largest value's norm and activation are applied on the way.
final class WindowPoolStep: TrainingStep {
    private let input, output: Endpoint
    private let pool: Graph.Pool
    /// Of a max pool: where each maximum was, in its image.
    private let chosen: UnsafeMutableBufferPointer<Int32>?
    var accumulates = false
    /// Set by the planner: this is the only reader of the input, so the input's norm sums can be made here.
    var sumsInputNorm = false

    init(input: Endpoint, output: Endpoint, pool: Graph.Pool, isMaximum: Bool, maximumBatch: Int) {
        self.input = input
        self.output = output
        self.pool = pool
        chosen = isMaximum ? .allocate(capacity: maximumBatch * output.count) : nil
        chosen?.initialize(repeating: 0)
    }

    deinit { chosen?.deallocate() }

    /// Whether every value lies in one window at most, and all of a window inside the image.
    private var isDisjoint: Bool { pool.size == pool.stride && pool.padding == 0 }

    func forward(_ batch: Batch) {
        let shape = input.shape
        batch.pool.run(batch.count) { image, _ in
            let to = output.raw + image * output.count
            if let chosen = chosen?.baseAddress {
                batch.kernels.maxPool(
                    input.source(image), shape: shape, pool: pool, to: to, outShape: output.shape,
                    chosen: chosen + image * output.count)
            } else if let x = input.stored {
                ck_average_pool(
                    x + image * input.count, Int32(shape.height), Int32(shape.width), Int32(shape.channels),
                    Int32(pool.size),
                    Int32(pool.stride), Int32(pool.padding), Int32(output.shape.height), Int32(output.shape.width), to)
            }
        }
    }

    func backward(_ batch: Batch) {
        guard let dx = input.gradient, let dy = output.gradient else { return }
        batch.pool.run(batch.count) { image, _ in
            fill(dx + image * input.count, from: dy + image * output.count, image: image, kernels: batch.kernels)
            if sumsInputNorm { input.sumNorm(ofImage: image, batch) }
        }
        if sumsInputNorm { input.sumParts = batch.count }
    }

    private func fill(
        _ dx: UnsafeMutablePointer<Float>, from dy: UnsafePointer<Float>, image: Int, kernels: Kernels
    ) {
        let shape = input.shape
        let chosen = chosen?.baseAddress.map { $0 + image * output.count }
        if let chosen, isDisjoint, !accumulates {
            var call = ck_pooling(shape, pool, output.shape)
            call.chosen = chosen
            kernels.table.pointee.max_pool_gradient(&call, dy, dx)
            return
        }
        if !accumulates { dx.update(repeating: 0, count: input.count) }
        if let chosen {
            ck_max_pool_gradient(dy, chosen, Int64(output.count), dx)
        } else {
            ck_average_pool_gradient(
                dy, Int32(shape.height), Int32(shape.width), Int32(shape.channels), Int32(pool.size),
                Int32(pool.stride), Int32(pool.padding), Int32(output.shape.height), Int32(output.shape.width), dx)
        }
    }
}

extension Kernels {
    /// The largest value of each window of one image, and where it was.
    func maxPool(
        _ source: Source, shape: Graph.Shape, pool: Graph.Pool, to y: UnsafeMutablePointer<Float>,
        outShape: Graph.Shape, chosen: UnsafeMutablePointer<Int32>?
    ) {
        var call = ck_pooling(shape, pool, outShape)
        call.x = source.base
        call.scale = source.scale
        call.shift = source.shift
        call.activation = source.activation.rawValue
        call.y = y
        call.chosen = chosen
        table.pointee.max_pool(&call)
    }
}

extension ck_pooling {
    /// The sizes alone.
    fileprivate init(_ shape: Graph.Shape, _ pool: Graph.Pool, _ outShape: Graph.Shape) {
        self.init()
        height = Int32(shape.height)
        width = Int32(shape.width)
        channels = Int32(shape.channels)
        size = Int32(pool.size)
        stride = Int32(pool.stride)
        padding = Int32(pool.padding)
        outHeight = Int32(outShape.height)
        outWidth = Int32(outShape.width)
    }
}
