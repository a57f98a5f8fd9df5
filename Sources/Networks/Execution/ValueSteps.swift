import CKernels
import Compute

/// Writes a value out, its norm and activation applied, for readers that need it so.
final class StoreStep: TrainingStep {
    private let value: Endpoint

    init(_ value: Endpoint) { self.value = value }

    func forward(_ batch: Batch) {
        guard let stored = value.stored else { return }
        let blocks = batch.blocks(of: value.count)
        batch.pool.run(blocks.count) { block, _ in
            let images = blocks[block]
            let source = value.source(images.lowerBound)
            batch.kernels.table.pointee.add(
                source.base, source.scale, source.shift, nil, nil, nil, source.activation.rawValue,
                stored + images.lowerBound * value.count, Int64(images.count * value.pixels),
                Int32(value.shape.channels))
        }
    }

    func backward(_ batch: Batch) {}
}

/// A batch norm or activation (or both) behind a value that other steps read too: the same memory, another endpoint.
final class NormStep: TrainingStep {
    private let input, output: Endpoint
    var accumulates = false

    /// - Parameters:
    ///   - input: a plain value.
    ///   - output: lies where the input lies, with a norm.
    init(input: Endpoint, output: Endpoint) {
        self.input = input
        self.output = output
    }

    func forward(_ batch: Batch) {
        guard let norm = output.norm, !norm.isIdentity else { return }
        let blocks = batch.blocks(of: output.count)
        batch.pool.run(blocks.count) { block, _ in
            let images = blocks[block]
            norm.clearPart(block)
            batch.kernels.table.pointee.moments(
                output.raw + images.lowerBound * output.count, Int64(images.count * output.pixels),
                Int32(output.shape.channels), norm.part(block))
        }
        norm.finishForward(
            tasks: blocks.count, half: output.shape.channels, values: batch.count * output.pixels)
    }

    func backward(_ batch: Batch) {
        output.finishGradient(batch)
        guard let dx = input.gradient else { return }
        let blocks = batch.blocks(of: output.count)
        batch.pool.run(blocks.count) { block, _ in
            let images = blocks[block]
            let source = output.gradientSource(images.lowerBound)
            guard let norm = source.norm else { return }
            var call = ck_norm_gradient()
            call.gradient = source.gradient
            call.y = norm.y
            call.panel = dx + images.lowerBound * output.count
            call.height = 1
            call.width = Int32(images.count * output.pixels)
            call.panelWidth = call.width
            call.channels = Int32(output.shape.channels)
            call.scale = norm.scale
            call.shift = norm.shift
            call.activation = norm.activation.rawValue
            call.p = norm.p
            call.q = norm.q
            call.r = norm.r
            call.accumulate = accumulates ? 1 : 0
            batch.kernels.table.pointee.norm_gradient(&call)
        }
    }
}

/// Sets a fraction `rate` of the values to zero and scales the others by 1 / (1 - rate) (Srivastava et al. 2014).
final class DropoutStep: TrainingStep {
    private let input, output: Endpoint
    private let rate: Float
    /// Names the layer among the network's.
    private let layer: UInt32
    private let factors: FloatBuffer
    var accumulates = false

    init(input: Endpoint, output: Endpoint, rate: Float, layer: Int, maximumBatch: Int) {
        self.input = input
        self.output = output
        self.rate = rate
        self.layer = UInt32(layer)
        factors = FloatBuffer(count: maximumBatch * output.count)
    }

    func forward(_ batch: Batch) {
        guard let x = input.stored else { return }
        batch.pool.run(batch.count) { image, _ in
            var random = CounterRandom(
                seed: batch.seed, stream: 0x6472_0000 | layer, UInt32(truncatingIfNeeded: batch.step), UInt32(image))
            let from = image * output.count
            for i in from..<from + output.count {
                let factor = random.uniform() < rate ? 0 : 1 / (1 - rate)
                factors.base[i] = factor
                output.raw[i] = x[i] * factor
            }
        }
    }

    func backward(_ batch: Batch) {
        guard let dx = input.gradient, let dy = output.gradient else { return }
        batch.pool.run(batch.count) { image, _ in
            let from = image * output.count
            for i in from..<from + output.count { dx[i] = (accumulates ? dx[i] : 0) + dy[i] * factors.base[i] }
        }
    }
}
