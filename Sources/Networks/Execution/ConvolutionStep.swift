import CKernels
import Compute

/// A convolution or linear layer in training, with the batch norm behind it: its statistics are gathered as the
/// outputs leave the registers, and its backward pass is applied as gradients are packed.
final class ConvolutionStep: TrainingStep {
    struct Values {
        let weight, dWeight: UnsafeMutablePointer<Float>
        let bias, dBias: UnsafeMutablePointer<Float>?
    }

    let convolution: Convolution
    private let input, output: Endpoint
    /// The input written out, where that happens before this step; a later reader may have it written out later.
    private let stored: UnsafeMutablePointer<Float>?
    private let values: Values
    /// The weights rounded, where a device's 8 bits are trained for.
    private let rounded: FloatBuffer?
    private let kernels: Kernels
    /// Set by the planner: whether the input's gradient has been written before by another reader.
    var accumulates = false
    /// Set by the planner: this is the only reader of the input, so the input's norm sums can be made here.
    var sumsInputNorm = false

    init(
        _ convolution: Convolution, input: Endpoint, output: Endpoint, values: Values, roundsWeights: Bool,
        kernels: Kernels
    ) {
        self.convolution = convolution
        self.input = input
        self.output = output
        stored = input.stored
        self.values = values
        rounded = roundsWeights ? FloatBuffer(count: convolution.geometry.weightCount) : nil
        self.kernels = kernels
    }

    func prepare() {
        guard let rounded else { return convolution.load(weight: values.weight, bias: values.bias) }
        let g = convolution.geometry
        ck_round_weights(values.weight, Int64(g.outputs), Int64(g.depth), rounded.base)
        convolution.load(weight: UnsafePointer(rounded.base), bias: values.bias)
    }

    /// A linear layer always finds its input written out: it reads H,W,C as one pixel.
    private func source(_ image: Int) -> Source {
        guard let stored else { return input.source(image) }
        return Source(stored + image * input.count)
    }

    func forward(_ batch: Batch) {
        let groups = Batch.Blocks(total: batch.count, size: convolution.group)
        let g = convolution.geometry
        let norm = output.norm.flatMap { $0.isIdentity ? nil : $0 }
        let fused = norm != nil && !(g.groups > 1 && !g.isDepthwise)
        batch.pool.run(groups.count) { index, thread in
            let images = groups[index]
            let y = output.raw + images.lowerBound * output.count
            if let norm { norm.clearPart(index) }
            convolution.forward(
                source(images.lowerBound), count: images.count, y: y, sums: fused ? norm?.part(index) : nil,
                scratch: batch.scratch[thread])
            if let norm, !fused {
                kernels.table.pointee.moments(
                    y, Int64(images.count * output.pixels), Int32(g.outputs), norm.part(index))
            }
        }
        norm?.finishForward(
            tasks: groups.count, half: fused ? kernels.padded(g.outputs) : g.outputs,
            values: batch.count * output.pixels)
    }

    /// Chunks in which the weights' gradient is added up, however many threads there are: as many as keep adding them up
    /// small beside the products.
    func chunks(images: Int) -> Int {
        let floats = convolution.gradientSumCount
        let most = floats <= 1 << 16 ? 16 : floats <= 1 << 18 ? 8 : 4
        return min(most, max(4, images * output.pixels / 1024))
    }

    /// Floats of `Batch.sums` that the backward pass needs.
    func sumsCount(images: Int) -> Int { chunks(images: images) * sumStride }

    private var biasRoom: Int { 2 * convolution.geometry.outputs }
    private var sumStride: Int { convolution.gradientSumCount + (values.bias == nil ? 0 : biasRoom) }

    func backward(_ batch: Batch) {
        output.finishGradient(batch)
        let groups = Batch.Blocks(total: batch.count, size: convolution.group)
        let chunks = min(self.chunks(images: batch.count), groups.count)
        let stride = sumStride
        let weightCount = convolution.gradientSumCount
        let fuses = sumsInputNorm && input.gradient != nil
        batch.pool.run(chunks) { chunk, thread in
            let own = batch.sums + chunk * stride
            var sum = WeightGradientSum(
                weight: own, bias: values.bias == nil ? nil : own + weightCount, isFirst: true)
            if fuses { input.norm?.clearPart(chunk) }
            for index in chunk * groups.count / chunks..<(chunk + 1) * groups.count / chunks {
                let images = groups[index]
                convolution.backward(
                    output.gradientSource(images.lowerBound), source: source(images.lowerBound), count: images.count,
                    sum: sum, dx: input.gradient.map { $0 + images.lowerBound * input.count },
                    accumulate: accumulates, scratch: batch.scratch[thread])
                sum.isFirst = false
                if fuses { input.addNormSums(images: images, part: chunk, kernels: kernels) }
            }
        }
        if fuses { input.sumParts = chunks }
        convolution.reduceGradient(
            batch.sums, chunks: chunks, chunkStride: stride, to: values.dWeight, pool: batch.pool)
        if let dBias = values.dBias {
            for o in 0..<convolution.geometry.outputs {
                var sum: Float = 0
                for chunk in 0..<chunks { sum += batch.sums[chunk * stride + weightCount + o] }
                dBias[o] = sum
            }
        }
    }
}
