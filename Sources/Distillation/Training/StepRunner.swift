import Compute
import Datasets
import Manifests
import Networks

/// One step of a training: batch, forward, loss, backward, update. All memory is made at `init`.
final class StepRunner {
    let network: TrainingNetwork
    let optimiser: Optimiser
    /// Averaged values, where they are asked for.
    let average: WeightAverage?
    private let request: TrainingRequest
    private let images: ImageSet
    private let augmenter: Augmenter
    private let teaching: SoftTeaching?
    private let memory: TeacherMemory?
    private let features: FeatureTeaching?
    private let schedule: Schedule
    private let norm: GradientNorm
    private let pool: ThreadPool
    private let batch: Int
    /// N,classes: of the batch that was looked at last.
    let targets: FloatBuffer
    /// N; the part of each image's own label.
    private let shares: FloatBuffer

    /// - Parameters:
    ///   - initial: copied.
    ///   - steps: of the whole training.
    ///   - answers: of the teachers, shared with other trainings; `nil`: its own, where they come again.
    /// - Throws: a `JobFailure` where activations are to be compared that are not there.
    init(
        _ request: TrainingRequest, initial: ParameterBuffer, data: TrainingData, teachers: [Teacher],
        batch: Int, steps: Int, answers: TeacherAnswers? = nil, pool: ThreadPool
    ) throws(JobFailure) {
        let training = request.training
        self.request = request
        self.batch = batch
        self.pool = pool
        images = data.train
        let plan = try FeaturePlan(request, teachers: teachers)
        features = plan.map {
            FeatureTeaching($0, batch: batch, training: training, seed: request.seed, pool: pool)
        }
        network = TrainingNetwork(
            graph: request.graph, parameters: initial.copy(), maximumBatch: batch,
            precision: training.precision.ofProducts, taps: plan?.studentTaps ?? [], pool: pool)
        let views = teachers.isEmpty ? 0 : training.rememberedViews(request.distillation)
        let shared = teachers.isEmpty ? nil : answers?.memory(for: training, request.distillation)
        memory =
            views == 0 || shared != nil
            ? shared
            : TeacherMemory(
                images: data.train.count, views: views, classes: data.classes, teachers: teachers.count)
        teaching =
            teachers.isEmpty
            ? nil
            : SoftTeaching(
                teachers, request.distillation, precision: training.precision.ofProducts, features: features,
                data: data, batch: batch, steps: steps, memory: memory, pool: pool)
        optimiser = Optimiser(training, request.graph)
        average = training.ema.map { WeightAverage(initial, decay: $0) }
        norm = GradientNorm(request.graph)
        schedule = Schedule(training, steps: steps)
        augmenter = Augmenter(
            training.augment, height: data.height, width: data.width, channels: data.channels, mean: data.mean,
            std: data.std, pool: pool)
        targets = FloatBuffer(count: batch * data.classes)
        shares = FloatBuffer(count: batch)
        shares.base.update(repeating: 1, count: batch)
    }

    /// The values that are judged and kept.
    var result: ParameterBuffer { average?.values ?? network.parameters }

    /// What goes on from step to step, with the values `best` that are kept beside it: in the order in which checkpoints
    /// have it. What the losses on activations learn is in it, and no part of the student.
    func state(best: ParameterBuffer) -> [ParameterBuffer] {
        [network.parameters, best] + optimiser.state + (average.map { [$0.values] } ?? []) + (features?.state ?? [])
    }

    /// As before the first step.
    func begin(_ initial: ParameterBuffer, best: ParameterBuffer) {
        for buffer in optimiser.state { buffer.base.update(repeating: 0, count: buffer.count) }
        for buffer in [network.parameters, best] + (average.map { [$0.values] } ?? []) {
            buffer.base.update(from: initial.base, count: buffer.count)
        }
        features?.reset()
    }

    /// The learning rate of a step, before any halving.
    func rate(_ step: Int) -> Double { schedule.rate(step) }

    /// What the user should know of how this training is set up; `nil`: nothing.
    var advice: String? {
        guard teaching != nil, request.distillation.standardize, network.graph.classes == 2 else { return nil }
        return "With two classes standardised logits tell only which is larger, as the label does: "
            + "`distillation.standardize: false` lets the student learn more."
    }

    /// Whether every value of the network is a number.
    func isFinite() -> Bool { norm(network.parameters, pool: pool).isFinite }

    /// - Parameters:
    ///   - samples: of the batch; indices into the training images.
    ///   - epoch: counted from 0.
    ///   - step: of the whole training, counted from 0.
    ///   - rateScale: factor on the learning rate.
    func run(
        samples: UnsafePointer<Int32>, epoch: Int, step: Int, rateScale: Double, _ state: inout TeachingState
    ) -> BatchLoss {
        // Views that come again are those of the first epochs.
        let view = memory?.view(epoch: epoch) ?? epoch
        look(samples, epoch: view, step: step)
        let loss = evaluateLoss(samples, view: view, step: step, &state)
        // Nothing is learned from a loss that is no number; the caller decides what to do.
        guard loss.loss.isFinite else { return loss }
        learn(step: step, rateScale: rateScale)
        return loss
    }

    /// The first half of a step: what the network says of a batch.
    func look(_ samples: UnsafePointer<Int32>, epoch: Int, step: Int) {
        fillInput(samples, epoch: epoch)
        network.forward(count: batch, seed: request.seed, step: step)
    }

    /// The second half, once `network.dLogits` is filled.
    func learn(step: Int, rateScale: Double) {
        network.backward(count: batch, usesTaps: teaching?.usesTaps ?? false)
        update(step: step, rateScale: rateScale)
    }

    private func fillInput(_ samples: UnsafePointer<Int32>, epoch: Int) {
        let seed = request.seed
        augmenter.fill(
            network.input, from: images.rows, samples: samples, count: batch, seed: seed, epoch: epoch)
        if augmenter.mixes {
            augmenter.mix(
                network.input, samples: samples, count: batch, seed: seed, epoch: epoch, shares: shares.base)
        }
        SoftTargets.fill(
            targets.base, labels: images.labels, samples: samples, shares: shares.base, count: batch,
            classes: network.graph.classes, smoothing: Float(request.training.labelSmoothing))
    }

    private func evaluateLoss(
        _ samples: UnsafePointer<Int32>, view: Int, step: Int, _ state: inout TeachingState
    ) -> BatchLoss {
        let shown = TeacherPanel.Batch(
            input: network.input, targets: targets.base, samples: samples, count: batch, view: view)
        if let taught = teaching?.evaluate(network, shown, step: step, &state) { return taught }
        return CrossEntropy.evaluate(
            network.logits, targets: targets.base, dLogits: network.dLogits, count: batch,
            classes: network.graph.classes)
    }

    private func update(step: Int, rateScale: Double) {
        var scale: Float = 1
        if let limit = request.training.clipGradient {
            scale = GradientNorm.scale(norm: norm(network.gradients, pool: pool), limit: limit)
        }
        optimiser.step(
            network.parameters, network.gradients, number: step + 1, rate: rateScale * schedule.rate(step),
            momentum: schedule.momentum(step), scale: scale, pool: pool)
        teaching?.update(
            ProjectorStep(
                number: step + 1, rate: rateScale * schedule.rate(step), momentum: schedule.momentum(step), scale: scale
            ))
        average?.update(network.parameters, number: step + 1, pool: pool)
    }
}
