import Compute
import Datasets
import Manifests
import Networks

#if canImport(Glibc)
    import Glibc
#endif

/// Asks a network, in evaluation mode, about all images of a split, as they are.
public final class Evaluator {
    private let network: InferenceNetwork
    private let augmenter: Augmenter
    private let samples: UnsafeMutablePointer<Int32>

    /// - Parameters:
    ///   - data: for the input's shape, mean and std.
    ///   - batch: images at once. Does not change the answers.
    public init(_ trained: TrainedNetwork, data: TrainingData, batch: Int = 128, pool: ThreadPool) {
        let graph = trained.graph
        precondition(graph.input == Graph.Shape(height: data.height, width: data.width, channels: data.channels))
        precondition(graph.classes == data.classes)
        network = InferenceNetwork(graph: graph, parameters: trained.parameters, maximumBatch: batch, pool: pool)
        augmenter = Augmenter(
            .none, height: data.height, width: data.width, channels: data.channels, mean: data.mean, std: data.std,
            pool: pool)
        samples = .allocate(capacity: batch)
        samples.initialize(repeating: 0, count: batch)
    }

    deinit { samples.deallocate() }

    /// Takes new values of the same graph.
    public func reload(_ parameters: ParameterBuffer) { network.reload(parameters) }

    /// - Parameter shouldStop: asked between batches; `true` ends with `Suspended`.
    public func evaluate(
        _ images: ImageSet, shouldStop: () -> Bool = { false }
    ) throws(Suspended) -> Evaluation {
        let classes = network.graph.classes
        var answers: [Evaluation.Answer] = []
        answers.reserveCapacity(images.count)
        var confusion = [[Int]](repeating: [Int](repeating: 0, count: classes), count: classes)
        var loss = 0.0
        var first = 0
        while first < images.count {
            if shouldStop() { throw Suspended() }
            let count = min(network.maximumBatch, images.count - first)
            for i in 0..<count { samples[i] = Int32(first + i) }
            augmenter.fill(network.input, from: images.rows, samples: samples, count: count, seed: 0, epoch: 0)
            network.forward(count: count)
            for i in 0..<count {
                let logits = UnsafePointer(network.logits + i * classes)
                let label = Int(images.labels[first + i])
                let predicted = logits.largest(classes)
                let normalizer = logits.logSumExp(classes)
                loss += Double(normalizer - logits[label])
                confusion[label][predicted] += 1
                answers.append(
                    Evaluation.Answer(
                        label: Int32(label), predicted: Int32(predicted),
                        confidence: exp(logits[predicted] - normalizer),
                        labelProbability: exp(logits[label] - normalizer)))
            }
            first += count
        }
        return Evaluation(
            loss: images.count == 0 ? 0 : loss / Double(images.count), answers: answers, confusion: confusion)
    }
}
