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

    /// Images at once, where nothing else is asked for.
    public static let batch = 128

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
        asking teacher: Teacher, about data: TrainingData, batch: Int = batch, pool: ThreadPool,
        shouldStop: () -> Bool = { false }
    ) throws(Suspended) {
        precondition(teacher.fits(data))
        let seated = SeatedTeacher(teacher, data: data, batch: batch, pool: pool)
        let rows = FloatBuffer(count: batch * data.classes)
        defer { withExtendedLifetime(rows) {} }
        var logits: [Float] = []
        logits.reserveCapacity(data.evaluation.count * data.classes)
        try seated.answer(data, batch: batch, pool: pool, shouldStop: shouldStop) { count in
            seated.copyLogits(to: rows.base, count: count)
            logits += UnsafeBufferPointer(start: rows.base, count: count * data.classes)
        }
        let images = data.evaluation
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

extension SeatedTeacher {
    /// Asks about the evaluation split as it is, batch by batch.
    ///
    /// - Parameters:
    ///   - batch: at most that of the seat.
    ///   - each: called after each batch with its number of images.
    fileprivate func answer(
        _ data: TrainingData, batch: Int, pool: ThreadPool, shouldStop: () -> Bool, each: (Int) -> Void
    ) throws(Suspended) {
        let augmenter = Augmenter(
            .none, height: data.height, width: data.width, channels: data.channels, mean: data.mean, std: data.std,
            pool: pool)
        let images = data.evaluation
        let pixels = FloatBuffer(count: batch * data.height * data.width * data.channels)
        defer { withExtendedLifetime(pixels) {} }
        for first in stride(from: 0, to: images.count, by: batch) {
            if shouldStop() { throw Suspended() }
            let count = min(batch, images.count - first)
            let samples = (first..<first + count).map { Int32($0) }
            augmenter.fill(pixels.base, from: images.rows, samples: samples, count: count, seed: 0, epoch: 0)
            ask(about: pixels.base, count: count)
            each(count)
        }
    }

    /// Of the evaluation split: N,width, in the teacher's own order of classes.
    func logits(
        of data: TrainingData, pool: ThreadPool, shouldStop: () -> Bool
    ) throws(Suspended) -> [Float] {
        var all: [Float] = []
        all.reserveCapacity(data.evaluation.count * width)
        try answer(data, batch: HeldOutAnswers.batch, pool: pool, shouldStop: shouldStop) { count in
            all += UnsafeBufferPointer(start: logits, count: count * width)
        }
        return all
    }
}
