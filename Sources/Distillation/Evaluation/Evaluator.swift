import Compute
import Datasets
import Manifests
import Networks

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
        var tally = EvaluationTally(count: images.count, classes: classes)
        var first = 0
        while first < images.count {
            if shouldStop() { throw Suspended() }
            let count = min(network.maximumBatch, images.count - first)
            for i in 0..<count { samples[i] = Int32(first + i) }
            augmenter.fill(network.input, from: images.rows, samples: samples, count: count, seed: 0, epoch: 0)
            network.forward(count: count)
            for i in 0..<count {
                tally.add(network.logits + i * classes, label: Int(images.labels[first + i]))
            }
            first += count
        }
        return tally.evaluation
    }
}

extension Teacher {
    /// How it answers a set of images of the student's `data`, in the student's order of classes.
    ///
    /// - Throws: `Suspended` where `shouldStop`, asked between batches, says so.
    public func evaluation(
        of images: ImageSet, data: TrainingData, pool: ThreadPool, shouldStop: () -> Bool = { false }
    ) throws(Suspended) -> Evaluation {
        var asked = data
        asked.evaluation = images
        let answers = try HeldOutAnswers(asking: self, about: asked, pool: pool, shouldStop: shouldStop)
        var tally = EvaluationTally(count: answers.count, classes: answers.classes)
        answers.logits.withUnsafeBufferPointer { logits in
            guard let base = logits.baseAddress else { return }
            for i in 0..<answers.count { tally.add(base + i * answers.classes, label: Int(answers.labels[i])) }
        }
        return tally.evaluation
    }
}
