import Compression
import Compute
import Datasets
import Distillation
import Networks

/// Asks the student's forms about the test images, and compares them with the network in single precision.
struct FormJudge {
    let images: ImageSet
    let data: TrainingData
    let pool: ThreadPool
    /// In single precision, N,classes.
    let logits: [Float]

    /// What came of one form.
    struct Finding {
        /// Share of right answers.
        var accuracy: Double
        /// Share of answers that are those in single precision.
        var agreement: Double
        /// N,classes.
        var logits: [Float]
    }

    init(_ network: StudentNetwork, images: ImageSet, data: TrainingData, pool: ThreadPool) {
        self.images = images
        self.data = data
        self.pool = pool
        logits = Self.logits(network, Self.samples(images, data: data, pool: pool), classes: data.classes)
    }

    /// - Parameter limit: images to ask about: the first ones.
    func judge(_ network: StudentNetwork, limit: Int = .max) -> Finding {
        var samples = Self.samples(images, data: data, pool: pool)
        samples.count = min(samples.count, limit)
        return finding(Self.logits(network, samples, classes: data.classes))
    }

    func finding(_ found: [Float]) -> Finding {
        let count = found.count / data.classes
        var (right, same) = (0, 0)
        for i in 0..<count {
            let range = i * data.classes..<(i + 1) * data.classes
            let answer = found[range].indexOfLargest
            if answer == Int(images.labels[i]) { right += 1 }
            if answer == logits[range].indexOfLargest { same += 1 }
        }
        let all = Double(max(count, 1))
        return Finding(accuracy: Double(right) / all, agreement: Double(same) / all, logits: found)
    }

    static func logits(_ network: StudentNetwork, _ samples: SampleImages, classes: Int) -> [Float] {
        var found: [Float] = []
        for first in stride(from: 0, to: samples.count, by: network.maximumBatch) {
            let count = min(network.maximumBatch, samples.count - first)
            samples.fill(first..<first + count, network.input)
            network.forward(count: count)
            found += UnsafeBufferPointer(start: network.logits, count: count * classes)
        }
        return found
    }

    /// Images as networks take them, in their order.
    ///
    /// - Parameter most: as many at most, spread over all.
    static func samples(_ images: ImageSet, data: TrainingData, pool: ThreadPool, most: Int = .max) -> SampleImages {
        let augmenter = Augmenter(
            .none, height: data.height, width: data.width, channels: data.channels, mean: data.mean, std: data.std,
            pool: pool)
        let count = min(images.count, most)
        let chosen = (0..<count).map { Int32($0 * images.count / count) }
        return SampleImages(count: count, labels: chosen.map { images.labels[Int($0)] }) { range, target in
            Array(chosen[range]).withUnsafeBufferPointer { samples in
                guard let base = samples.baseAddress else { return }
                augmenter.fill(target, from: images.rows, samples: base, count: range.count, seed: 0, epoch: 0)
            }
        }
    }
}
