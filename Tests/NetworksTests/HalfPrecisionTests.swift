import Compute
import Foundation
import Networks
import Testing

/// Networks whose products are of bfloat16 values.
@Suite struct HalfPrecisionTests {
    /// Gradients of a batch of noise are those of single precision within what operands of 8 bits of mantissa allow: they
    /// turn some of the ReLUs. Those of PyTorch's bfloat16 differ from its single precision by 0.14 (resnet8) and 0.61
    /// (mobilenet-tiny) here.
    @Test(arguments: [("resnet8", 0.35), ("vgg8", 0.35), ("mobilenet-tiny", 0.6)])
    func gradientsAreThoseOfSinglePrecision(name: String, bound: Double) throws {
        let graph = try Presets.make(
            name, width: 0.5, input: Graph.Shape(height: 16, width: 16, channels: 3), classes: 5)
        let images = noise(32 * graph.input.count, stream: 1)
        let dLogits = noise(32 * graph.classes, stream: 2)
        for kernels in Kernels.available {
            let networks = [Precision.fp32, .bf16].map { precision in
                let network = TrainingNetwork(
                    graph: graph, parameters: .initialized(for: graph, seed: 3), maximumBatch: 32, precision: precision,
                    pool: ThreadPool(threads: 2), kernels: kernels)
                _ = network.run(images)
                network.propagate(dLogits)
                return network
            }
            var (wrong, size) = (0.0, 0.0)
            for parameter in graph.parameters where parameter.role.isTrainable {
                for (exact, found) in zip(networks[0].gradients[parameter], networks[1].gradients[parameter]) {
                    wrong += Double((found - exact) * (found - exact))
                    size += Double(exact * exact)
                }
            }
            let error = (wrong / size).squareRoot()
            #expect(0.01 < error && error < bound, "\(kernels.isa): \(error)")
        }
    }

    /// Learns a batch by heart as single precision does.
    @Test func aNetworkLearns() throws {
        let graph = try Presets.make("resnet8", input: Graph.Shape(height: 16, width: 16, channels: 3), classes: 4)
        let images = noise(16 * graph.input.count, stream: 1)
        let pool = ThreadPool(threads: 2)
        let ends = [Precision.fp32, .bf16].map { precision in
            let parameters = ParameterBuffer.initialized(for: graph, seed: 3)
            let network = TrainingNetwork(
                graph: graph, parameters: parameters, maximumBatch: 16, precision: precision, pool: pool)
            let sgd = SGD(graph, weightDecay: 5e-4)
            var losses: [Double] = []
            for step in 0..<20 {
                let logits = network.run(images, step: step)
                var loss = 0.0
                var dLogits = logits
                for image in 0..<16 {
                    let row = logits[image * 4..<image * 4 + 4].map(Double.init)
                    let exponentials = row.map { Foundation.exp($0 - (row.max() ?? 0)) }
                    let sum = exponentials.reduce(0, +)
                    for c in 0..<4 {
                        let share = exponentials[c] / sum
                        if c == image % 4 { loss -= Foundation.log(share) / 16 }
                        dLogits[image * 4 + c] = Float((share - (c == image % 4 ? 1 : 0)) / 16)
                    }
                }
                losses.append(loss)
                network.propagate(dLogits)
                sgd.step(parameters, network.gradients, rate: 0.05, momentum: 0.9, scale: 1, pool: pool)
            }
            return losses
        }
        #expect(abs(ends[0][0] - ends[1][0]) < 0.02 * ends[0][0])
        #expect(ends[1][19] < 0.1 * ends[1][0], "\(ends[1])")
        #expect(ends[0][19] < 0.1 * ends[0][0], "\(ends[0])")
    }

    /// Logits of inference, too, and not the same ones.
    @Test func inference() throws {
        let graph = try Presets.make("resnet8", input: Graph.Shape(height: 16, width: 16, channels: 3), classes: 4)
        let parameters = ParameterBuffer.noisy(for: graph)
        let images = noise(9 * graph.input.count, stream: 1)
        _ = graph.calibrate(parameters, images: images, pool: ThreadPool(threads: 1))
        for kernels in Kernels.available {
            let logits = [Precision.fp32, .bf16].map {
                InferenceNetwork(
                    graph: graph, parameters: parameters, maximumBatch: 9, precision: $0, pool: ThreadPool(threads: 2),
                    kernels: kernels
                ).run(images)
            }
            let difference = largestDifference(logits[0], logits[1])
            #expect(difference < 0.05 * largest(logits[0]) && difference > 0, "\(kernels.isa): \(difference)")
        }
    }
}
