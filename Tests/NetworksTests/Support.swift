import Compute
import Foundation
import Networks

/// Values recorded from PyTorch by `Goldens/make_goldens.py`.
enum Goldens {
    static func load<Value: Decodable>(_ name: String, as type: Value.Type = Value.self) throws -> Value {
        let url = Bundle.module.bundleURL.appendingPathComponent("Goldens/\(name).json")
        return try JSONDecoder().decode(Value.self, from: Data(contentsOf: url))
    }
}

/// Floats in -1..<1, the same as `noise` of `make_goldens.py`: the finalizer of MurmurHash3 over a counter.
func noise(_ count: Int, stream: UInt32) -> [Float] {
    (0..<UInt32(count)).map { i in
        var x = i &* 0x9E37_79B1 ^ stream &* 0x85EB_CA77
        x = (x ^ x >> 16) &* 0x85EB_CA6B
        x = (x ^ x >> 13) &* 0xC2B2_AE35
        x ^= x >> 16
        return Float(x >> 8) * 0x1p-23 - 1
    }
}

/// The largest difference of two equally long lists; infinite where their lengths differ or one is not a number.
func largestDifference<A: BinaryFloatingPoint, B: BinaryFloatingPoint>(
    _ a: some Collection<A>, _ b: some Collection<B>
) -> Double {
    guard a.count == b.count else { return .infinity }
    return zip(a, b).reduce(0) { largest, pair in
        let difference = abs(Double(pair.0) - Double(pair.1))
        return difference.isNaN ? .infinity : max(largest, difference)
    }
}

func largest(_ values: some Collection<Float>) -> Double { values.reduce(0) { max($0, Double(abs($1))) } }

/// Whether two buffers hold the same bytes.
func isSame(_ a: ParameterBuffer, _ b: ParameterBuffer) -> Bool {
    a.count == b.count && memcmp(a.base, b.base, a.count * 4) == 0
}

func isSame(_ a: [Float], _ b: [Float]) -> Bool { a.map(\.bitPattern) == b.map(\.bitPattern) }

extension ParameterBuffer {
    /// Values in whose noise every role is what it may be in a trained network: scales of both signs, variances
    /// from 0.25 to 1.25, as `Parameters.make` of `make_goldens.py`.
    static func noisy(for graph: Graph) -> ParameterBuffer {
        let buffer = ParameterBuffer(count: graph.storageCount)
        for (index, parameter) in graph.parameters.enumerated() {
            let values = noise(parameter.count, stream: 1000 + UInt32(index))
            let fanIn = Float(parameter.shape.dropFirst().reduce(1, *))
            for i in values.indices {
                buffer[parameter][i] =
                    switch parameter.role {
                    case .weight: values[i] * (1 / fanIn.squareRoot())
                    case .normScale: values[i] + 0.25
                    case .bias, .normShift, .runningMean: values[i] * 0.25
                    case .runningVariance: values[i] * 0.5 + 0.75
                    }
            }
        }
        return buffer
    }

    /// The values of each parameter, in the graph's order.
    func lists(_ graph: Graph) -> [[Float]] { graph.parameters.map { Array(self[$0]) } }
}

extension TrainingNetwork {
    func run(_ images: [Float], seed: UInt64 = 0, step: Int = 0) -> [Float] {
        let count = images.count / graph.input.count
        input.update(from: images, count: images.count)
        forward(count: count, seed: seed, step: step)
        return (0..<count * graph.classes).map { logits[$0] }
    }

    func propagate(_ gradient: [Float]) {
        dLogits.update(from: gradient, count: gradient.count)
        backward(count: gradient.count / graph.classes)
    }
}

extension InferenceNetwork {
    func run(_ images: [Float]) -> [Float] {
        let count = images.count / graph.input.count
        input.update(from: images, count: images.count)
        forward(count: count)
        return (0..<count * graph.classes).map { logits[$0] }
    }
}

extension Graph {
    /// Makes the running statistics those of one batch: from zero, one forward pass in training leaves a tenth of
    /// them, the variance unbiased.
    func calibrate(_ parameters: ParameterBuffer, images: [Float], pool: ThreadPool) -> [Float] {
        for parameter in self.parameters where !parameter.role.isTrainable {
            parameters[parameter].update(repeating: 0)
        }
        let count = images.count / input.count
        let network = TrainingNetwork(graph: self, parameters: parameters, maximumBatch: count, pool: pool)
        let logits = network.run(images)
        for node in nodes {
            for index in node.parameters where !self.parameters[index].role.isTrainable {
                let total = Double(count * node.shape.height * node.shape.width)
                let unbiased = self.parameters[index].role == .runningVariance ? (total - 1) / total : 1
                for i in parameters[self.parameters[index]].indices {
                    parameters[self.parameters[index]][i] = Float(
                        Double(parameters[self.parameters[index]][i]) * 10 * unbiased)
                }
            }
        }
        return logits
    }
}
