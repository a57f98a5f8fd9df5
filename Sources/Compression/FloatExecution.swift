import Compute
import Networks

/// Runs a `DeviceGraph` image by image and shows every value: for calibration, not for speed.
final class FloatExecution {
    let graph: DeviceGraph
    private let convolutions: [Convolution?]
    private let scratchCount: Int

    /// Values of one thread.
    final class Memory {
        fileprivate let scratch: FloatBuffer
        let values: [FloatBuffer]

        fileprivate init(scratch: FloatBuffer, values: [FloatBuffer]) {
            self.scratch = scratch
            self.values = values
        }
    }

    init(_ graph: DeviceGraph) {
        self.graph = graph
        convolutions = graph.steps.map { step in
            guard case .convolution(let weights) = step.operation else { return nil }
            let made = Convolution(weights.geometry, maximumBatch: 1, hasBias: true, training: false)
            made.load(weight: weights.weight, bias: weights.bias)
            return made
        }
        scratchCount = convolutions.compactMap { $0?.forwardScratchCount }.max() ?? 0
    }

    func makeMemory() -> Memory {
        Memory(
            scratch: FloatBuffer(count: scratchCount),
            values: graph.values.map { FloatBuffer(count: $0.shape.count) })
    }

    /// From the image in the first value to all others.
    func run(_ memory: Memory) {
        for (step, convolution) in zip(graph.steps, convolutions) {
            let x = memory.values[step.inputs[0]].base
            let y = memory.values[step.output].base
            let (from, to) = (graph.values[step.inputs[0]].shape, graph.values[step.output].shape)
            switch step.operation {
            case .convolution:
                convolution?.forward(
                    Source(x), count: 1, y: y, activation: step.activation, scratch: memory.scratch.base)
                continue
            case .add:
                let other = memory.values[step.inputs[1]].base
                for i in 0..<to.count { y[i] = x[i] + other[i] }
            case .maxPool(let pool):
                pool.eachWindow(from, to) { window, at in
                    y[at] = window.reduce(-Float.infinity) { max($0, x[$1]) }
                }
            case .averagePool(let pool):
                pool.eachWindow(from, to) { window, at in
                    y[at] = window.reduce(0) { $0 + x[$1] } / Float(window.count)
                }
            case .globalAveragePool:
                for c in 0..<to.channels {
                    var sum: Float = 0
                    for i in stride(from: c, to: from.count, by: from.channels) { sum += x[i] }
                    y[c] = sum / Float(from.height * from.width)
                }
            case .pointwise:
                for i in 0..<to.count { y[i] = x[i] }
            }
            if step.activation != .none {
                for i in 0..<to.count { y[i] = step.activation(y[i]) }
            }
        }
    }
}

extension Graph.Pool {
    /// Calls `body` with the offsets of every output's inputs, padding left out, and the output's own.
    func eachWindow(_ from: Graph.Shape, _ to: Graph.Shape, _ body: (_ window: [Int], _ output: Int) -> Void) {
        for y in 0..<to.height {
            for x in 0..<to.width {
                let (top, left) = (y * stride - padding, x * stride - padding)
                let rows = max(top, 0)..<min(top + size, from.height)
                let columns = max(left, 0)..<min(left + size, from.width)
                for c in 0..<to.channels {
                    let window = rows.flatMap { i in columns.map { (i * from.width + $0) * from.channels + c } }
                    body(window, (y * to.width + x) * to.channels + c)
                }
            }
        }
    }
}
