import Compute
import Manifests
import Networks

/// The frozen teachers of one training, asked about a batch together.
final class TeacherPanel {
    /// What they say: N,classes, and N in 0...1 (`nil`: all 1).
    struct Advice {
        let logits: UnsafePointer<Float>
        let trust: UnsafePointer<Float>?
        /// Wrong answers, of teachers times images.
        let wrong: Int
    }

    let count: Int
    private let members: [Member]
    private let mixture: TeacherMixture
    private let pool: ThreadPool
    private let batch, classes: Int
    /// One teacher, taken at its word: its logits are handed on as they lie.
    private let isPlain: Bool
    /// K,N,classes; then the mixture's N,classes.
    private let rows: FloatBuffer
    private let trust: FloatBuffer

    private struct Member {
        let network: InferenceNetwork
        let feed: TeacherFeed
        /// Of each class of the student; empty: the same order.
        let map: [Int32]
    }

    /// - Parameter teachers: at least one, that `fits`.
    init(_ teachers: [Teacher], _ spec: DistillationSpec, data: TrainingData, batch: Int, pool: ThreadPool) {
        let input = Graph.Shape(height: data.height, width: data.width, channels: data.channels)
        members = teachers.map { teacher in
            Member(
                network: InferenceNetwork(
                    graph: teacher.network.graph, parameters: teacher.network.parameters, maximumBatch: batch,
                    pool: pool),
                feed: TeacherFeed(teacher, input: input, mean: data.mean, std: data.std),
                map: teacher.classMap.map { $0.map { Int32($0) } } ?? [])
        }
        mixture = TeacherMixture(teachers, spec, maximumBatch: batch, classes: data.classes)
        count = teachers.count
        self.batch = batch
        self.pool = pool
        classes = data.classes
        isPlain =
            teachers.count == 1 && !mixture.weighsImages && spec.revise == .none && !spec.standardize
            && teachers[0].classMap == nil
        rows = FloatBuffer(count: isPlain ? 0 : (teachers.count + 1) * batch * data.classes)
        trust = FloatBuffer(count: batch)
    }

    /// - Parameters:
    ///   - input: N,H,W,C of the student: the teachers see the very images that it sees (Beyer et al. 2022).
    ///   - targets: N,classes.
    func advise(
        on input: UnsafePointer<Float>, targets: UnsafePointer<Float>, count: Int, temperature: Float
    ) -> Advice {
        for member in members {
            member.feed.fill(member.network.input, from: input, count: count, pool: pool)
            member.network.forward(count: count)
        }
        if isPlain {
            let logits = UnsafePointer(members[0].network.logits)
            let wrong = TeacherMixture.wrongAnswers(logits, targets: targets, count: count, classes: classes)
            return Advice(logits: logits, trust: nil, wrong: wrong)
        }
        let stride = batch * classes
        for (k, member) in members.enumerated() {
            member.network.logits.copyRows(
                of: member.network.graph.classes, to: rows.base + k * stride, classes: classes, map: member.map,
                count: count)
        }
        let mixed = rows.base + members.count * stride
        let wrong = mixture.mix(
            rows.base, stride: stride, targets: targets, count: count, temperature: temperature, into: mixed,
            trust: trust.base)
        return Advice(
            logits: mixed, trust: mixture.weighsImages ? UnsafePointer(trust.base) : nil, wrong: wrong)
    }
}

extension UnsafeMutablePointer<Float> {
    /// Copies rows of `width` values into rows of `classes`, column c from column `map[c]`.
    func copyRows(
        of width: Int, to target: UnsafeMutablePointer<Float>, classes: Int, map: [Int32], count: Int
    ) {
        guard !map.isEmpty else { return target.update(from: self, count: count * classes) }
        map.withUnsafeBufferPointer { map in
            for i in 0..<count {
                for c in 0..<classes { target[i * classes + c] = self[i * width + Int(map[c])] }
            }
        }
    }
}
