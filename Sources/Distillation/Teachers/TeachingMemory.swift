import Compute
import Manifests
import Networks

/// What teaching takes in memory beside the networks, made as a training makes it: for who wants to know beforehand.
public enum TeachingMemory {
    /// The losses on activations with what they learn themselves, and the student's nodes whose gradients they need.
    ///
    /// - Throws: a `JobFailure` with the code `features.unknown` or `features.unfit`.
    public static func features(
        _ features: [FeatureSpec], student: Graph, teachers: [FeatureMap], batch: Int, training: TrainingSpec,
        pool: ThreadPool
    ) throws(JobFailure) -> (losses: AnyObject, taps: [Int]) {
        let plan = try FeaturePlan(features, student: student, teachers: teachers, weights: teachers.map { _ in 1 })
        return (FeatureTeaching(plan, batch: batch, training: training, seed: 1, pool: pool), plan.studentTaps)
    }

    /// Bytes of the answers that a training keeps because its views come again.
    public static func answers(
        _ training: TrainingSpec, _ distillation: DistillationSpec, images: Int, classes: Int, teachers: Int
    ) -> Int {
        guard teachers > 0 else { return 0 }
        return TeacherMemory.bytes(
            images: images, views: training.rememberedViews(distillation), classes: classes, teachers: teachers)
    }

    /// Bytes of the answers that the trials of a tuning share, at most.
    public static func answers(_ plan: HalvingPlan, images: Int, classes: Int, teachers: Int) -> Int {
        TeacherAnswers.bytes(plan, images: images, classes: classes, teachers: teachers)
    }
}
