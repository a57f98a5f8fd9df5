import CKernels
import Compute

/// out = act(a + b), the inputs' norms applied on the way.
final class AddStep: TrainingStep {
    /// How an input gets its gradient, set by the planner.
    enum Delivery {
        /// It does not need one.
        case none
        /// It shares the output's buffer.
        case shared
        /// As `shared`, and its norm's sums are made here.
        case sharedWithSums
        case copied
        case added
    }

    private let inputs: [Endpoint]
    private let output: Endpoint
    private let activation: Activation
    var deliveries: [Delivery] = [.none, .none]

    init(_ inputs: [Endpoint], output: Endpoint, activation: Activation) {
        self.inputs = inputs
        self.output = output
        self.activation = activation
    }

    /// Scales and shifts are applied on the way, activations are not.
    private static func source(_ input: Endpoint, _ image: Int) -> Source {
        guard input.activation != .none, let stored = input.stored else { return input.source(image) }
        return Source(stored + image * input.count)
    }

    func forward(_ batch: Batch) {
        let blocks = batch.blocks(of: output.count)
        batch.pool.run(blocks.count) { block, _ in
            let images = blocks[block]
            let a = Self.source(inputs[0], images.lowerBound)
            let b = Self.source(inputs[1], images.lowerBound)
            batch.kernels.table.pointee.add(
                a.base, a.scale, a.shift, b.base, b.scale, b.shift, activation.rawValue,
                output.raw + images.lowerBound * output.count, Int64(images.count * output.pixels),
                Int32(output.shape.channels))
        }
    }

    func backward(_ batch: Batch) {
        guard let dz = output.gradient else { return }
        let blocks = batch.blocks(of: output.count)
        let kernels = batch.kernels
        batch.pool.run(blocks.count) { block, _ in
            let images = blocks[block]
            let from = images.lowerBound * output.count
            let size = Int64(images.count * output.count)
            if activation != .none {
                kernels.table.pointee.mask(dz + from, output.raw + from, activation.rawValue, dz + from, size)
            }
            for (input, delivery) in zip(inputs, deliveries) {
                switch delivery {
                case .none, .shared: break
                case .sharedWithSums:
                    input.norm?.clearPart(block)
                    input.addNormSums(images: images, part: block, kernels: kernels)
                case .copied: (input.gradient! + from).update(from: dz + from, count: Int(size))
                case .added: kernels.table.pointee.accumulate(dz + from, input.gradient! + from, size)
                }
            }
        }
        for (input, delivery) in zip(inputs, deliveries) {
            if case .sharedWithSums = delivery { input.sumParts = blocks.count }
        }
    }
}
