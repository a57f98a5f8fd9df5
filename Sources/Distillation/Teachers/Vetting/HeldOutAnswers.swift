import Compute
import Datasets
import Networks

/// What a network says about images that it was not trained on.
public struct HeldOutAnswers: Sendable {
    /// N,classes, in the student's order of classes.
    public var logits: [Float]
    /// N.
    public var labels: [Int32]
    public var classes: Int

    public var count: Int { labels.count }

    public init(logits: [Float], labels: [Int32], classes: Int) {
        precondition(classes >= 1 && logits.count == labels.count * classes)
        self.logits = logits
        self.labels = labels
        self.classes = classes
    }

    /// Asks a teacher about the evaluation split.
    ///
    /// - Throws: `Suspended` where `shouldStop`, asked between batches, says so.
    public init(
        asking teacher: Teacher, about data: TrainingData, batch: Int = 128, pool: ThreadPool,
        shouldStop: () -> Bool = { false }
    ) throws(Suspended) {
        precondition(teacher.fits(data))
        let input = Graph.Shape(height: data.height, width: data.width, channels: data.channels)
        let graph = teacher.network.graph
        let network = InferenceNetwork(
            graph: graph, parameters: teacher.network.parameters, maximumBatch: batch, pool: pool)
        let feed = TeacherFeed(teacher, input: input, mean: data.mean, std: data.std)
        let augmenter = Augmenter(
            .none, height: data.height, width: data.width, channels: data.channels, mean: data.mean, std: data.std,
            pool: pool)
        let map = teacher.classMap.map { $0.map { Int32($0) } } ?? []
        let images = data.evaluation
        let pixels = FloatBuffer(count: batch * input.count)
        let rows = FloatBuffer(count: batch * data.classes)
        defer { withExtendedLifetime((pixels, rows, network, augmenter)) {} }
        var logits: [Float] = []
        logits.reserveCapacity(images.count * data.classes)
        for first in stride(from: 0, to: images.count, by: batch) {
            if shouldStop() { throw Suspended() }
            let count = min(batch, images.count - first)
            let samples = (first..<first + count).map { Int32($0) }
            augmenter.fill(pixels.base, from: images.rows, samples: samples, count: count, seed: 0, epoch: 0)
            feed.fill(network.input, from: pixels.base, count: count, pool: pool)
            network.forward(count: count)
            network.logits.copyRows(of: graph.classes, to: rows.base, classes: data.classes, map: map, count: count)
            logits += UnsafeBufferPointer(start: rows.base, count: count * data.classes)
        }
        self.init(
            logits: logits, labels: Array(UnsafeBufferPointer(start: images.labels, count: images.count)),
            classes: data.classes)
    }

    /// The class with the largest logit of each image, the first of equals.
    public var predictions: [Int32] {
        logits.withUnsafeBufferPointer { all in
            guard let base = all.baseAddress else { return [] }
            return (0..<count).map { Int32((base + $0 * classes).largest(classes)) }
        }
    }
}
