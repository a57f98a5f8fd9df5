import CKernels
import Compute

/// Values as 8 bits keep them; the gradient goes straight through. See `Graph.Rounding`.
final class RoundStep: TrainingStep {
    private let input, output: Endpoint
    private let rounding: Graph.Rounding
    var accumulates = false

    init(input: Endpoint, output: Endpoint, _ rounding: Graph.Rounding) {
        self.input = input
        self.output = output
        self.rounding = rounding
    }

    func forward(_ batch: Batch) {
        guard let x = input.stored else { return }
        let blocks = batch.blocks(of: output.count)
        batch.pool.run(blocks.count) { block, _ in
            let from = blocks[block].lowerBound * output.count
            ck_round_values(
                x + from, Int64(blocks[block].count * output.count), rounding.scale, Int32(rounding.zero),
                output.raw + from)
        }
    }

    func backward(_ batch: Batch) {
        guard let x = input.stored, let dx = input.gradient, let dy = output.gradient else { return }
        let blocks = batch.blocks(of: output.count)
        batch.pool.run(blocks.count) { block, _ in
            let from = blocks[block].lowerBound * output.count
            ck_round_gradient(
                x + from, dy + from, Int64(blocks[block].count * output.count), rounding.scale, Int32(rounding.zero),
                accumulates ? 1 : 0, dx + from)
        }
    }
}

extension Graph {
    /// Weights of convolutions and linear layers as a graph that rounds has them; in place.
    func roundWeights(of values: ParameterBuffer) {
        for parameter in parameters where parameter.role == .weight {
            let rows = parameter.shape[0]
            let weight = values.base + parameter.offset
            ck_round_weights(weight, Int64(rows), Int64(parameter.count / rows), weight)
        }
    }
}
