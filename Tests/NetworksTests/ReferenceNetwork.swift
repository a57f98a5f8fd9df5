import Compute
import Networks

/// A network by the definitions of its layers, node by node in double precision: what the fast ones are held against.
struct ReferenceNetwork {
    enum Mode {
        /// Batch norms use the running statistics; dropout does nothing.
        case evaluation
        /// Batch norms use the batch's; dropout's masks are those of the seed and step.
        case training(seed: UInt64, step: Int)
    }

    let graph: Graph
    /// Of each parameter, in the graph's order.
    var parameters: [[Double]]
    /// Of a graph that rounds.
    private let steps = RoundingSteps()

    init(_ graph: Graph, _ values: ParameterBuffer) {
        self.graph = graph
        parameters = graph.parameters.map { values[$0].map(Double.init) }
    }

    /// - Parameter images: N,H,W,C.
    func logits(_ images: [Float], _ mode: Mode) -> [Double] { values(images, mode)[graph.nodes.count - 1] }

    /// N,H,W,C of every node, in the graph's order.
    func values(_ images: [Float], _ mode: Mode) -> [[Double]] {
        let count = images.count / graph.input.count
        var values = [images.map(Double.init)]
        for index in graph.nodes.indices.dropFirst() { values.append(value(of: index, values, count, mode)) }
        return values
    }

    private func value(of index: Int, _ values: [[Double]], _ count: Int, _ mode: Mode) -> [Double] {
        let node = graph.nodes[index]
        let x = values[node.inputs[0]]
        let from = graph.nodes[node.inputs[0]].shape
        var own = node.parameters.map { parameters[$0] }
        if graph.isRounded, let first = node.parameters.first, graph.parameters[first].role == .weight {
            own[0] = steps.pass(own[0], of: -index) { RoundingSteps.weights($0, rows: node.shape.channels) }
        }
        switch node.operation {
        case .input: return x
        case .convolution(let c): return convolution(c, x, from, node.shape, own, count)
        case .linear(let outputs):
            let flat = Graph.Convolution(
                outputs: outputs, kernelHeight: 1, kernelWidth: 1, stride: 1, padTop: 0, padLeft: 0, padBottom: 0,
                padRight: 0, groups: 1, bias: true)
            let pixel = Graph.Shape(height: 1, width: 1, channels: from.count)
            return convolution(flat, x, pixel, node.shape, own, count)
        case .batchNorm(let epsilon): return norm(x, node.shape.channels, own, Double(epsilon), mode)
        case .relu: return x.map { max($0, 0) }
        case .relu6: return x.map { min(max($0, 0), 6) }
        case .hardSwish: return x.map { $0 * min(max($0 + 3, 0), 6) / 6 }
        case .add: return zip(x, values[node.inputs[1]]).map { $0 + $1 }
        case .maxPool(let pool): return window(pool, x, from, node.shape, count) { $0.max() ?? .nan }
        case .averagePool(let pool):
            return window(pool, x, from, node.shape, count) { $0.reduce(0, +) / Double($0.count) }
        case .globalAveragePool:
            let pixels = from.height * from.width
            return (0..<count * from.channels).map { i in
                let first = i / from.channels * from.count + i % from.channels
                return (0..<pixels).reduce(0) { $0 + x[first + $1 * from.channels] } / Double(pixels)
            }
        case .dropout(let rate):
            guard case .training(let seed, let step) = mode else { return x }
            let factors = (0..<count).flatMap {
                dropoutFactors(from.count, rate: rate, seed: seed, step: step, layer: index, image: $0)
            }
            return zip(x, factors).map { $0 * Double($1) }
        case .round(let rounding): return steps.pass(x, of: index) { RoundingSteps.values($0, rounding) }
        }
    }

    private func convolution(
        _ c: Graph.Convolution, _ x: [Double], _ from: Graph.Shape, _ to: Graph.Shape, _ own: [[Double]], _ count: Int
    ) -> [Double] {
        let inner = from.channels / c.groups
        let perGroup = c.outputs / c.groups
        var y = [Double](repeating: 0, count: count * to.count)
        x.withUnsafeBufferPointer { x in
            own[0].withUnsafeBufferPointer { weight in
                for i in y.indices {
                    let o = i % c.outputs
                    let ox = i / c.outputs % to.width
                    let oy = i / c.outputs / to.width % to.height
                    let image = i / to.count * from.count
                    var sum = own.count > 1 ? own[1][o] : 0
                    for ky in 0..<c.kernelHeight {
                        let iy = oy * c.stride + ky - c.padTop
                        guard (0..<from.height).contains(iy) else { continue }
                        for kx in 0..<c.kernelWidth {
                            let ix = ox * c.stride + kx - c.padLeft
                            guard (0..<from.width).contains(ix) else { continue }
                            let a = image + (iy * from.width + ix) * from.channels + o / perGroup * inner
                            let w = ((o * c.kernelHeight + ky) * c.kernelWidth + kx) * inner
                            for k in 0..<inner { sum += x[a + k] * weight[w + k] }
                        }
                    }
                    y[i] = sum
                }
            }
        }
        return y
    }

    private func norm(
        _ x: [Double], _ channels: Int, _ own: [[Double]], _ epsilon: Double, _ mode: Mode
    ) -> [Double] {
        var y = x
        for c in 0..<channels {
            let at = stride(from: c, to: x.count, by: channels)
            var (mean, variance) = (own[2][c], own[3][c])
            if case .training = mode {
                let total = Double(x.count / channels)
                mean = at.reduce(0) { $0 + x[$1] } / total
                variance = at.reduce(0) { $0 + (x[$1] - mean) * (x[$1] - mean) } / total
            }
            let factor = own[0][c] / (variance + epsilon).squareRoot()
            for i in at { y[i] = (x[i] - mean) * factor + own[1][c] }
        }
        return y
    }

    private func window(
        _ pool: Graph.Pool, _ x: [Double], _ from: Graph.Shape, _ to: Graph.Shape, _ count: Int,
        _ combine: ([Double]) -> Double
    ) -> [Double] {
        (0..<count * to.count).map { i in
            let c = i % to.channels
            let ox = i / to.channels % to.width
            let oy = i / to.channels / to.width % to.height
            var inside: [Double] = []
            for y in oy * pool.stride - pool.padding..<oy * pool.stride - pool.padding + pool.size {
                for x1 in ox * pool.stride - pool.padding..<ox * pool.stride - pool.padding + pool.size
                where (0..<from.height).contains(y) && (0..<from.width).contains(x1) {
                    inside.append(x[i / to.count * from.count + (y * from.width + x1) * from.channels + c])
                }
            }
            return combine(inside)
        }
    }
}

/// What a dropout layer multiplies one image's values with.
func dropoutFactors(_ count: Int, rate: Float, seed: UInt64, step: Int, layer: Int, image: Int) -> [Float] {
    var random = CounterRandom(seed: seed, stream: 0x6472_0000 | UInt32(layer), UInt32(step), UInt32(image))
    return (0..<count).map { _ in random.uniform() < rate ? 0 : 1 / (1 - rate) }
}
