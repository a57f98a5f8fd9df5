import Compression
import Compute
import Networks

/// The definition of `QuantizedNetwork` in plain loops.
enum ReferenceExecution {
    /// - Parameter image: H,W,C.
    static func logits(_ network: QuantizedNetwork, _ image: [Float]) -> [UInt8] {
        var values = [[UInt8]](repeating: [], count: network.values.count)
        values[0] = image.map { network.input.quantized($0) }
        for step in network.steps { values[step.output] = run(step, of: network, values) }
        return values[network.steps[network.steps.count - 1].output]
    }

    private static func requantized(_ sum: Int32, _ multiplier: Float, _ zero: UInt8) -> UInt8 {
        let rounded = (Float(sum) * multiplier).rounded(.toNearestOrEven)
        return UInt8(min(max(rounded + Float(zero), 0), 255))
    }

    private static func run(
        _ step: QuantizedNetwork.Step, of network: QuantizedNetwork, _ values: [[UInt8]]
    ) -> [UInt8] {
        let (from, to) = (network.values[step.inputs[0]], network.values[step.output])
        let x = values[step.inputs[0]]
        let zero = Int32(from.zero)
        var y = [UInt8](repeating: 0, count: to.shape.count)
        func window(_ pool: Graph.Pool, _ body: (_ inside: [Int], _ at: Int) -> Void) {
            for i in y.indices {
                let (c, px, py) = (
                    i % to.shape.channels, i / to.shape.channels % to.shape.width,
                    i / to.shape.channels / to.shape.width
                )
                var inside: [Int] = []
                for ky in 0..<pool.size {
                    for kx in 0..<pool.size {
                        let (iy, ix) = (py * pool.stride - pool.padding + ky, px * pool.stride - pool.padding + kx)
                        guard (0..<from.shape.height).contains(iy), (0..<from.shape.width).contains(ix) else {
                            continue
                        }
                        inside.append((iy * from.shape.width + ix) * from.shape.channels + c)
                    }
                }
                body(inside, i)
            }
        }
        switch step.operation {
        case .convolution(let weights):
            let g = weights.geometry
            let (inner, perGroup) = (g.channels / g.groups, g.outputs / g.groups)
            let multipliers = network.multipliers(weights, of: step)
            for oy in 0..<g.outHeight {
                for ox in 0..<g.outWidth {
                    for o in 0..<g.outputs {
                        var sum = weights.bias[o]
                        for ky in 0..<g.kernelHeight {
                            for kx in 0..<g.kernelWidth {
                                let (iy, ix) = (oy * g.stride - g.padTop + ky, ox * g.stride - g.padLeft + kx)
                                guard (0..<g.height).contains(iy), (0..<g.width).contains(ix) else { continue }
                                for c in 0..<inner {
                                    let w = weights.weight[((o * g.kernelHeight + ky) * g.kernelWidth + kx) * inner + c]
                                    let at = (iy * g.width + ix) * g.channels + o / perGroup * inner + c
                                    sum += (Int32(x[at]) - zero) * Int32(w)
                                }
                            }
                        }
                        y[(oy * g.outWidth + ox) * g.outputs + o] = requantized(sum, multipliers[o], to.zero)
                    }
                }
            }
        case .add:
            let sum = network.sum(step)
            let other = values[step.inputs[1]]
            for i in y.indices {
                let left = Float(x[i]) * sum.aScale + sum.shift
                let value = (Float(other[i]) * sum.bScale + left).rounded(.toNearestOrEven)
                y[i] = UInt8(min(max(value, 0), 255))
            }
        case .maxPool(let pool):
            window(pool) { inside, at in y[at] = inside.map { x[$0] }.max() ?? 0 }
        case .averagePool(let pool):
            window(pool) { inside, at in
                let sum = inside.reduce(Int32(0)) { $0 + Int32(x[$1]) - zero }
                y[at] = requantized(sum, network.multiplier(averaging: inside.count, in: step), to.zero)
            }
        case .globalAveragePool:
            let count = from.shape.height * from.shape.width
            for c in y.indices {
                let sum = (0..<count).reduce(Int32(0)) { $0 + Int32(x[$1 * y.count + c]) - zero }
                y[c] = requantized(sum, network.multiplier(averaging: count, in: step), to.zero)
            }
        case .pointwise(let activation):
            let table = network.table(activation, of: step)
            for i in y.indices { y[i] = table[Int(x[i])] }
        }
        return y
    }
}
