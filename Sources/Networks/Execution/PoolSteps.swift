import CKernels
import Compute

/// The mean over all pixels, the input's norm and activation applied on the way.
final class GlobalPoolStep: TrainingStep {
    private let input, output: Endpoint
    var accumulates = false

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
        }
    }
}

/// Largest or mean value of a window.
final class WindowPoolStep: TrainingStep {
    private let input, output: Endpoint
    private let pool: Graph.Pool
    /// Of a max pool: where each maximum was, in its image.
    private let chosen: UnsafeMutableBufferPointer<Int32>?
    var accumulates = false

    init(input: Endpoint, output: Endpoint, pool: Graph.Pool, isMaximum: Bool, maximumBatch: Int) {
        self.input = input
        self.output = output
        self.pool = pool
        chosen = isMaximum ? .allocate(capacity: maximumBatch * output.count) : nil
        chosen?.initialize(repeating: 0)
    }

    deinit { chosen?.deallocate() }

    func forward(_ batch: Batch) {
        guard let x = input.stored else { return }
        let shape = input.shape
        batch.pool.run(batch.count) { image, _ in
            let from = x + image * input.count
            let to = output.raw + image * output.count
            if let chosen = chosen?.baseAddress {
                batch.kernels.maxPool(
                    from, shape: shape, pool: pool, to: to, outShape: output.shape,
                    chosen: chosen + image * output.count)
            } else {
                ck_average_pool(
                    from, Int32(shape.height), Int32(shape.width), Int32(shape.channels), Int32(pool.size),
                    Int32(pool.stride), Int32(pool.padding), Int32(output.shape.height), Int32(output.shape.width), to)
            }
        }
    }

    func backward(_ batch: Batch) {
        guard let dx = input.gradient, let dy = output.gradient else { return }
        let shape = input.shape
        batch.pool.run(batch.count) { image, _ in
            let to = dx + image * input.count
            let from = dy + image * output.count
            if !accumulates { to.update(repeating: 0, count: input.count) }
            if let chosen = chosen?.baseAddress {
                ck_max_pool_gradient(from, chosen + image * output.count, Int64(output.count), to)
            } else {
                ck_average_pool_gradient(
                    from, Int32(shape.height), Int32(shape.width), Int32(shape.channels), Int32(pool.size),
                    Int32(pool.stride), Int32(pool.padding), Int32(output.shape.height), Int32(output.shape.width), to)
            }
        }
    }
}

extension Kernels {
    /// The largest value of each window of one image, and where it was.
    func maxPool(
        _ x: UnsafePointer<Float>, shape: Graph.Shape, pool: Graph.Pool, to y: UnsafeMutablePointer<Float>,
        outShape: Graph.Shape, chosen: UnsafeMutablePointer<Int32>?
    ) {
        var call = ck_pooling()
        call.x = x
        call.height = Int32(shape.height)
        call.width = Int32(shape.width)
        call.channels = Int32(shape.channels)
        call.size = Int32(pool.size)
        call.stride = Int32(pool.stride)
        call.padding = Int32(pool.padding)
        call.outHeight = Int32(outShape.height)
        call.outWidth = Int32(outShape.width)
        call.y = y
        call.chosen = chosen
        table.pointee.max_pool(&call)
    }
}
