import Compute
import Manifests
import Networks

/// The losses on activations of a training: their values, their gradients at the student's taps, and the projectors and
/// heads that some of them learn. All memory is made at `init`.
///
/// Images are cut into chunks of fixed number, a task each, and sums are made in their order: the results do not depend
/// on the number of threads.
final class FeatureTeaching {
    private static let chunks = 8

    /// A term with its memory.
    private struct Seat {
        let term: FeaturePlan.Term
        let bridge: PixelBridge
        let projector: Projector?
        /// Of a projector: `chunks` times its gradients.
        let partial: FloatBuffer
        let loss: Loss
    }

    private enum Loss {
        /// A mean over images, by the term's method.
        case images
        case similarity(SimilarityPreserving)
        case relations(RelationalAngle)

        init(_ term: FeaturePlan.Term, batch: Int) {
            let (own, other) = (term.studentShape.count, term.teacherShape.count)
            switch term.method {
            case .at, .fitnets: self = .images
            case .sp:
                self = .similarity(SimilarityPreserving(studentValues: own, teacherValues: other, count: batch))
            case .rkd: self = .relations(RelationalAngle(studentValues: own, teacherValues: other, count: batch))
            case .crd, .reviewkd: preconditionFailure("a loss that learns networks")
            }
        }
    }

    let plan: FeaturePlan
    private let seats: [Seat]
    /// Those that learn networks of their own, each with its teacher.
    private let learned: [(teacher: Int, comparison: any LearnedComparison)]
    /// N.
    private let labels: UnsafeMutablePointer<Int32>
    private let pool: ThreadPool
    private let batch: Int
    /// The gradient of one term.
    private let scratch: FloatBuffer

    init(_ plan: FeaturePlan, batch: Int, training: TrainingSpec, seed: UInt64, pool: ThreadPool) {
        self.plan = plan
        self.pool = pool
        self.batch = batch
        let all = Array(plan.terms.enumerated())
        seats = all.filter { !$1.method.learnsNetworks }.map { index, term in
            var projector: Projector?
            if term.method == .fitnets {
                projector = Projector(
                    from: term.studentShape, outputs: term.teacherShape.channels, training: training,
                    seed: seed &+ UInt64(index + 1))
            }
            return Seat(
                term: term,
                bridge: PixelBridge(
                    from: term.teacherShape,
                    to: term.method == .at || term.method == .fitnets ? term.studentShape : term.teacherShape,
                    batch: batch), projector: projector,
                partial: FloatBuffer(count: Self.chunks * (projector?.parameters.count ?? 0)),
                loss: Loss(term, batch: batch))
        }
        var learned: [(teacher: Int, comparison: any LearnedComparison)] = []
        for (index, term) in all where term.method.learnsNetworks {
            // Terms of one entry and teacher lie together.
            let group = plan.terms.filter { $0.entry == term.entry && $0.teacher == term.teacher }
            guard
                index == 0 || plan.terms[index - 1].entry != term.entry || plan.terms[index - 1].teacher != term.teacher
            else { continue }
            let own = seed &+ UInt64(index + 1) << 16
            learned.append(
                (
                    term.teacher,
                    term.method == .crd
                        ? ContrastiveComparison(term, batch: batch, training: training, seed: own, pool: pool)
                        : ReviewComparison(group, batch: batch, training: training, seed: own, pool: pool)
                ))
        }
        self.learned = learned
        labels = .allocate(capacity: batch)
        labels.initialize(repeating: -1, count: batch)
        scratch = FloatBuffer(count: batch * (plan.terms.map(\.studentShape.count).max() ?? 0))
    }

    deinit { labels.deallocate() }

    private var heads: [Head] { learned.flatMap { $0.comparison.heads } }

    /// What must be kept to go on later with the same results.
    var state: [ParameterBuffer] { seats.flatMap { $0.projector?.state ?? [] } + heads.flatMap(\.state) }

    /// As at the first step.
    func reset() {
        for seat in seats { seat.projector?.reset() }
        for head in heads { head.reset() }
    }

    func update(_ step: ProjectorStep) {
        for seat in seats { seat.projector?.update(step, pool: pool) }
        for head in heads { head.update(step) }
    }

    /// Fills the gradients at the taps, and of the projectors.
    ///
    /// - Parameters:
    ///   - taps: of the student, in the plan's order.
    ///   - teacher: the activations of a teacher's tap: N,H,W,C.
    ///   - count: a whole batch.
    ///   - targets: N,classes; the largest is an image's label, where there is one.
    /// - Returns: the losses times their factors.
    func evaluate(
        _ taps: [TrainingNetwork.Tap], teacher: (_ teacher: Int, _ tap: Int) -> UnsafePointer<Float>,
        targets: UnsafePointer<Float>, classes: Int, count: Int
    ) -> Double {
        precondition(count == batch)
        for tap in taps { tap.gradient.update(repeating: 0, count: count * tap.shape.count) }
        var loss = 0.0
        for seat in seats {
            let term = seat.term
            let tap = taps[term.studentTap]
            let wanted = seat.bridge(teacher(term.teacher, term.teacherTap), count: count, pool: pool)
            switch seat.loss {
            case .images: loss += compareImages(seat, tap, wanted, count)
            case .similarity(let similarity):
                loss += compareBatch(seat, tap, count: count) {
                    similarity.evaluate(student: tap.values, teacher: wanted, dStudent: $0, pool: pool)
                }
            case .relations(let angle):
                loss += compareBatch(seat, tap, count: count, factor: RelationalDistance.standardWeight) {
                    RelationalDistance.evaluate(
                        student: tap.values, studentValues: tap.shape.count, teacher: wanted,
                        teacherValues: term.teacherShape.count, dStudent: $0, count: count)
                }
                loss += compareBatch(seat, tap, count: count, factor: RelationalAngle.standardWeight) {
                    angle.evaluate(student: tap.values, teacher: wanted, dStudent: $0, pool: pool)
                }
            }
        }
        if !learned.isEmpty {
            for i in 0..<count {
                let row = targets + i * classes
                labels[i] = row.labelled(classes) > 0 ? Int32(row.largest(classes)) : -1
            }
        }
        for (k, comparison) in learned {
            loss += comparison.evaluate(taps, teacher: { teacher(k, $0) }, labels: labels, count: count)
        }
        return loss
    }

    /// A loss that is a mean over images: by chunks of them.
    private func compareImages(
        _ seat: Seat, _ tap: TrainingNetwork.Tap, _ teacher: UnsafePointer<Float>, _ count: Int
    ) -> Double {
        let (term, scratch, size) = (seat.term, scratch.base, tap.shape.count)
        let pixels = term.studentShape.height * term.studentShape.width
        let channels = term.teacherShape.channels
        let chunks = min(Self.chunks, count)
        let stride = seat.projector?.parameters.count ?? 0
        var losses = [Double](repeating: 0, count: chunks)
        losses.withUnsafeMutableBufferPointer { losses in
            pool.run(chunks) { chunk, _ in
                let first = chunk * count / chunks
                let images = (chunk + 1) * count / chunks - first
                let (own, dOwn) = (tap.values + first * size, scratch + first * size)
                let other = teacher + first * pixels * channels
                let mean: Double
                if let projector = seat.projector {
                    let partial = seat.partial.base + chunk * stride
                    mean = HintLoss.evaluate(
                        student: own, teacher: other,
                        shape: HintLoss.Shape(
                            pixels: images * pixels, studentChannels: tap.shape.channels, teacherChannels: channels),
                        projector: projector.values, dStudent: dOwn,
                        gradients: Projector.values(of: projector.graph, in: partial))
                } else {
                    mean = AttentionTransfer.evaluate(
                        student: own, studentChannels: tap.shape.channels, teacher: other, teacherChannels: channels,
                        dStudent: dOwn, count: images, pixels: pixels)
                }
                let share = Double(images) / Double(count)
                losses[chunk] = mean * share * term.factor
                let factor = Float(share * term.factor)
                let target = tap.gradient + first * size
                for i in 0..<images * size { target[i] += factor * dOwn[i] }
            }
        }
        if let projector = seat.projector { gather(seat, into: projector.gradients, chunks: chunks, count: count) }
        return losses.reduce(0, +)
    }

    private func gather(_ seat: Seat, into gradients: ParameterBuffer, chunks: Int, count: Int) {
        gradients.base.update(repeating: 0, count: gradients.count)
        for chunk in 0..<chunks {
            let images = (chunk + 1) * count / chunks - chunk * count / chunks
            let factor = Float(Double(images) / Double(count) * seat.term.factor)
            let partial = seat.partial.base + chunk * gradients.count
            for i in 0..<gradients.count { gradients.base[i] += factor * partial[i] }
        }
    }

    /// A loss on the batch as a whole.
    private func compareBatch(
        _ seat: Seat, _ tap: TrainingNetwork.Tap, count: Int, factor: Double = 1,
        _ evaluate: (UnsafeMutablePointer<Float>) -> Double
    ) -> Double {
        let all = factor * seat.term.factor
        let loss = evaluate(scratch.base) * all
        let (scratch, weight) = (scratch.base, Float(all))
        for i in 0..<count * tap.shape.count { tap.gradient[i] += weight * scratch[i] }
        return loss
    }
}

extension FeatureSpec.Method {
    /// Whether it is a `LearnedComparison`.
    fileprivate var learnsNetworks: Bool { self == .crd || self == .reviewkd }
}
