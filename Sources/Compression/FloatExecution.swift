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
            case .maxPool(let pool): pool.run(x, from, y, to, isMaximum: true)
            case .averagePool(let pool): pool.run(x, from, y, to, isMaximum: false)
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
    /// The largest value, or the mean, of every window; padding counts for neither.
    fileprivate func run(
        _ x: UnsafePointer<Float>, _ from: Graph.Shape, _ y: UnsafeMutablePointer<Float>, _ to: Graph.Shape,
        isMaximum: Bool
    ) {
        let channels = from.channels
        for i in 0..<to.height {
            for j in 0..<to.width {
                let (top, left) = (i * stride - padding, j * stride - padding)
                let rows = max(top, 0)..<min(top + size, from.height)
                let columns = max(left, 0)..<min(left + size, from.width)
                let target = y + (i * to.width + j) * channels
                target.update(repeating: isMaximum ? -.infinity : 0, count: channels)
                for row in rows {
                    for column in columns {
                        let source = x + (row * from.width + column) * channels
                        for c in 0..<channels {
                            target[c] = isMaximum ? max(target[c], source[c]) : target[c] + source[c]
                        }
                    }
                }
                if !isMaximum {
                    let count = Float(rows.count * columns.count)
                    for c in 0..<channels { target[c] /= count }
                }
            }
        }
    }
}
