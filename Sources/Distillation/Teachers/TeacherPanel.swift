import Compute
import Manifests
import Networks

/// The frozen teachers of one training, asked about a batch together.
final class TeacherPanel {
    /// A batch of the student's input.
    struct Batch {
        /// N,H,W,C of the student: the teachers see the very images that it sees (Beyer et al. 2022).
        let input: UnsafePointer<Float>
        /// N,classes; a row without a label is zero.
        let targets: UnsafePointer<Float>
        /// N; indices into the training images.
        let samples: UnsafePointer<Int32>
        let count: Int
        /// Of every image in the batch; see `TeacherMemory`.
        let view: Int
    }

    /// What they say: N,classes, and N in 0...1 (`nil`: all 1).
    struct Advice {
        let logits: UnsafePointer<Float>
        /// N,classes: the targets, and for images without a label what the teachers take them for.
        let guides: UnsafePointer<Float>
        let trust: UnsafePointer<Float>?
        /// Wrong answers, of teachers times images.
        let wrong: Int
    }

    let count: Int
    private let members: [SeatedTeacher]
    private let mixture: TeacherMixture
    private let memory: TeacherMemory?
    private let batch, classes: Int
    /// One teacher, taken at its word: its logits are handed on as they lie.
    private let isPlain: Bool
    /// K,N,classes; then the mixture's N,classes.
    private let rows: FloatBuffer
    private let trust: FloatBuffer
    /// N,classes.
    private let guides: FloatBuffer

    /// - Parameters:
    ///   - teachers: at least one, that `fits`.
    ///   - memory: of what they said before; `nil`: they are asked every time.
    ///   - taps: of each teacher, names of nodes whose activations are wanted; not with `memory`.
    init(
        _ teachers: [Teacher], _ spec: DistillationSpec, data: TrainingData, batch: Int, precision: Precision = .fp32,
        memory: TeacherMemory?, taps: [[String]]? = nil, pool: ThreadPool
    ) {
        precondition(memory == nil || taps == nil, "activations are not kept")
        members = teachers.enumerated().map { index, teacher in
            SeatedTeacher(
                teacher, data: data, batch: batch, precision: precision, taps: taps?[index] ?? [], pool: pool)
        }
        self.memory = memory
        mixture = TeacherMixture(teachers, spec, maximumBatch: batch, classes: data.classes)
        count = teachers.count
        self.batch = batch
        classes = data.classes
        isPlain =
            teachers.count == 1 && !mixture.weighsImages && spec.revise == .none && !spec.standardize
            && teachers[0].classMap == nil && memory == nil
        rows = FloatBuffer(count: isPlain ? 0 : (teachers.count + 1) * batch * data.classes)
        trust = FloatBuffer(count: batch)
        guides = FloatBuffer(count: batch * data.classes)
    }

    /// Activations of a teacher for the images of the last `advise`: N,H,W,C.
    func tap(_ index: Int, of teacher: Int) -> UnsafePointer<Float> { members[teacher].tap(index) }

    func advise(on batch: Batch, temperature: Float) -> Advice {
        let count = batch.count
        if isPlain {
            members[0].ask(about: batch.input, count: count)
            let logits = members[0].logits
            let guides = mixture.guides(logits, stride: 0, targets: batch.targets, count: count, into: guides.base)
            let wrong = TeacherMixture.wrongAnswers(logits, targets: guides, count: count, classes: classes)
            return Advice(logits: logits, guides: guides, trust: nil, wrong: wrong)
        }
        let stride = self.batch * classes
        fillRows(batch, stride: stride)
        let mixed = rows.base + members.count * stride
        let guides = mixture.guides(
            rows.base, stride: stride, targets: batch.targets, count: count, into: guides.base)
        let wrong = mixture.mix(
            rows.base, stride: stride, targets: guides, count: count, temperature: temperature, into: mixed,
            trust: trust.base)
        return Advice(
            logits: mixed, guides: guides, trust: mixture.weighsImages ? UnsafePointer(trust.base) : nil, wrong: wrong)
    }

    /// What each teacher says of a batch, from memory where all of it is there.
    private func fillRows(_ batch: Batch, stride: Int) {
        let (samples, count) = (batch.samples, batch.count)
        if let memory, memory.knows(samples, count: count, view: batch.view) {
            return memory.recall(rows.base, stride: stride, samples: samples, count: count, view: batch.view)
        }
        for (k, member) in members.enumerated() {
            member.ask(about: batch.input, count: count)
            member.copyLogits(to: rows.base + k * stride, count: count)
        }
        memory?.remember(rows.base, stride: stride, samples: samples, count: count, view: batch.view)
    }
}
