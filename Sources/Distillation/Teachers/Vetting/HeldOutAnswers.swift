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
        let seated = SeatedTeacher(teacher, data: data, batch: batch, pool: pool)
        let augmenter = Augmenter(
            .none, height: data.height, width: data.width, channels: data.channels, mean: data.mean, std: data.std,
            pool: pool)
        let images = data.evaluation
        let pixels = FloatBuffer(count: batch * data.height * data.width * data.channels)
        let rows = FloatBuffer(count: batch * data.classes)
        defer { withExtendedLifetime((pixels, rows)) {} }
        var logits: [Float] = []
        logits.reserveCapacity(images.count * data.classes)
        for first in stride(from: 0, to: images.count, by: batch) {
            if shouldStop() { throw Suspended() }
            let count = min(batch, images.count - first)
            let samples = (first..<first + count).map { Int32($0) }
            augmenter.fill(pixels.base, from: images.rows, samples: samples, count: count, seed: 0, epoch: 0)
            seated.ask(about: pixels.base, count: count)
            seated.copyLogits(to: rows.base, count: count)
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
