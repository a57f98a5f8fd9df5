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
    private let members: [SeatedTeacher]
    private let mixture: TeacherMixture
    private let batch, classes: Int
    /// One teacher, taken at its word: its logits are handed on as they lie.
    private let isPlain: Bool
    /// K,N,classes; then the mixture's N,classes.
    private let rows: FloatBuffer
    private let trust: FloatBuffer

    /// - Parameters:
    ///   - teachers: at least one, that `fits`.
    ///   - taps: of each teacher, names of nodes whose activations are wanted.
    init(
        _ teachers: [Teacher], _ spec: DistillationSpec, data: TrainingData, batch: Int, taps: [[String]]? = nil,
        pool: ThreadPool
    ) {
        members = teachers.enumerated().map { index, teacher in
            SeatedTeacher(teacher, data: data, batch: batch, taps: taps?[index] ?? [], pool: pool)
        }
        mixture = TeacherMixture(teachers, spec, maximumBatch: batch, classes: data.classes)
        count = teachers.count
        self.batch = batch
        classes = data.classes
        isPlain =
            teachers.count == 1 && !mixture.weighsImages && spec.revise == .none && !spec.standardize
            && teachers[0].classMap == nil
        rows = FloatBuffer(count: isPlain ? 0 : (teachers.count + 1) * batch * data.classes)
        trust = FloatBuffer(count: batch)
    }

    /// Activations of a teacher for the images of the last `advise`: N,H,W,C.
    func tap(_ index: Int, of teacher: Int) -> UnsafePointer<Float> { members[teacher].tap(index) }

    /// - Parameters:
    ///   - input: N,H,W,C of the student: the teachers see the very images that it sees (Beyer et al. 2022).
    ///   - targets: N,classes.
    func advise(
        on input: UnsafePointer<Float>, targets: UnsafePointer<Float>, count: Int, temperature: Float
    ) -> Advice {
        for member in members { member.ask(about: input, count: count) }
        if isPlain {
            let logits = members[0].logits
            let wrong = TeacherMixture.wrongAnswers(logits, targets: targets, count: count, classes: classes)
            return Advice(logits: logits, trust: nil, wrong: wrong)
        }
        let stride = batch * classes
        for (k, member) in members.enumerated() { member.copyLogits(to: rows.base + k * stride, count: count) }
        let mixed = rows.base + members.count * stride
        let wrong = mixture.mix(
            rows.base, stride: stride, targets: targets, count: count, temperature: temperature, into: mixed,
            trust: trust.base)
        return Advice(
            logits: mixed, trust: mixture.weighsImages ? UnsafePointer(trust.base) : nil, wrong: wrong)
    }
}
