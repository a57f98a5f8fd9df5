import Compression
import Compute
import Networks

/// A network with values as training leaves them, and images for it.
struct Sample {
    let graph: Graph
    let parameters: ParameterBuffer

    init(_ graph: Graph, seed: UInt64 = 1) {
        self.graph = graph
        parameters = .initialized(for: graph, seed: seed)
        for (index, parameter) in graph.parameters.enumerated() where parameter.role != .weight {
            var random = CounterRandom(seed: seed, stream: 500, UInt32(index))
            for i in parameters[parameter].indices { parameters[parameter][i] += 0.4 * (random.uniform() - 0.5) }
        }
        // Running statistics of what really comes, so that no layer runs away.
        let network = TrainingNetwork(
            graph: graph, parameters: parameters, maximumBatch: 4, pool: ThreadPool(threads: 2))
        network.input.update(from: images(4, seed: 90), count: 4 * graph.input.count)
        for step in 0..<20 { network.forward(count: 4, seed: 1, step: step) }
    }

    /// N,H,W,C: pixels of noise over a few broad stripes, so that images differ.
    func images(_ count: Int, seed: UInt64 = 9) -> [Float] {
        (0..<count).flatMap { image -> [Float] in
            var random = CounterRandom(seed: seed, stream: 600, UInt32(image))
            let (a, b) = (random.uniform() * 4, random.uniform() * 4)
            return (0..<graph.input.count).map { i in
                let bright = Float(i / graph.input.channels % 7) * a / 7 - Float(i % 5) * b / 5
                return bright + random.uniform() - 0.5
            }
        }
    }

    func samples(_ count: Int, seed: UInt64 = 9) -> SampleImages {
        let all = images(count, seed: seed)
        let size = graph.input.count
        return SampleImages(count: count, labels: []) { range, to in
            for i in 0..<range.count * size { to[i] = all[range.lowerBound * size + i] }
        }
    }

    func logits(_ images: [Float]) -> [Float] {
        let count = images.count / graph.input.count
        let network = InferenceNetwork(
            graph: graph, parameters: parameters, maximumBatch: count, pool: ThreadPool(threads: 1))
        network.input.update(from: images, count: images.count)
        network.forward(count: count)
        return Array(UnsafeBufferPointer(start: network.logits, count: count * graph.classes))
    }

    func quantized(_ method: CalibrationMethod = .minMax, images: Int = 16) -> QuantizedNetwork {
        Quantizer(
            graph: graph, parameters: parameters, calibrating: samples(images, seed: 8), pool: ThreadPool(threads: 2)
        ).quantized(method)
    }
}
