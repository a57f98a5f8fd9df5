import Compute
import Manifests
import Networks

/// The teachers' side of a step: what they say, the loss with it, and what is remembered of that.
final class SoftTeaching {
    private let panel: TeacherPanel
    private let loss: DistillationLoss
    private let schedule: DistillationSchedule
    private let spec: DistillationSpec
    private let steps: Int
    private let features: FeatureTeaching?
    /// Whether the last step put gradients at the student's taps.
    private(set) var usesTaps = false

    /// - Parameters:
    ///   - precision: in which the teachers answer.
    ///   - features: losses on activations beside the one on logits.
    init(
        _ teachers: [Teacher], _ spec: DistillationSpec, precision: Precision, features: FeatureTeaching?,
        data: TrainingData, batch: Int, steps: Int, memory: TeacherMemory?, pool: ThreadPool
    ) {
        self.features = features
        panel = TeacherPanel(
            teachers, spec, data: data, batch: batch, precision: precision, memory: memory,
            taps: features?.plan.teacherTaps, pool: pool)
        loss = DistillationLoss(spec, maximumBatch: batch, classes: data.classes)
        schedule = DistillationSchedule(spec, steps: steps)
        self.spec = spec
        self.steps = steps
    }

    /// Fills `network.dLogits`.
    ///
    /// - Parameter step: of the whole training.
    /// - Returns: `nil` where the teachers have no part in this step, and nothing was done.
    func evaluate(
        _ network: TrainingNetwork, _ batch: TeacherPanel.Batch, step: Int, _ state: inout TeachingState
    ) -> BatchLoss? {
        let (targets, count) = (batch.targets, batch.count)
        let planned = schedule.alpha(step)
        let alpha = state.isGated ? 0 : planned
        // A gated teacher is still asked, to see when it helps again.
        usesTaps = false
        guard planned > 0 || (features != nil && !schedule.isOver(step)) else { return nil }
        let temperature = state.curriculum?.value ?? schedule.temperature(step)
        let advice = panel.advise(on: batch, temperature: Float(temperature))
        var result = loss.evaluate(
            network.logits, teacher: advice.logits, trust: advice.trust, targets: targets, guides: advice.guides,
            dLogits: network.dLogits, count: count, alpha: Float(alpha), temperature: Float(temperature))
        if alpha > 0, state.curriculum != nil {
            let gradient = loss.temperatureGradient(
                network.logits, teacher: advice.logits, targets: targets, count: count, alpha: Float(alpha),
                temperature: Float(temperature))
            // A loss that is no number is dealt with by whoever asked for it.
            if gradient.isFinite {
                state.curriculum?.climb(
                    gradient: gradient, factor: CurriculumTemperature.factor(step: step, of: steps))
            }
        }
        var featureLoss: Double?
        if let features, !state.isGated {
            let value = features.evaluate(
                network.taps, teacher: { panel.tap($1, of: $0) }, targets: targets, classes: network.graph.classes,
                count: count)
            result.batch.loss += value
            featureLoss = value
            usesTaps = true
        }
        // Sums go into checkpoints, which hold numbers alone; a loss that is none ends the step anyway, but where the
        // soft term is only measured.
        if result.batch.loss.isFinite, result.soft.isFinite {
            var sums = state.sums
            sums.steps += 1
            sums.hard += result.hard
            sums.soft += result.soft
            sums.cosine += result.cosine
            sums.trust += Self.mean(advice.trust, count)
            sums.wrong += advice.wrong
            sums.answers += result.batch.labelled * panel.count
            sums.alpha = alpha
            sums.temperature = temperature
            if let featureLoss { sums.features = (sums.features ?? 0) + featureLoss }
            state.sums = sums
        }
        return result.batch
    }

    /// Moves what the losses on activations learn, after a step that used them.
    func update(_ step: ProjectorStep) { if usesTaps { features?.update(step) } }

    private static func mean(_ values: UnsafePointer<Float>?, _ count: Int) -> Double {
        guard let values else { return 1 }
        var sum = 0.0
        for i in 0..<count { sum += Double(values[i]) }
        return sum / Double(count)
    }
}
