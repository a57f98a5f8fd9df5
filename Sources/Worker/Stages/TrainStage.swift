import Distillation
import Manifests
import Networks

extension JobPipeline {
    /// Trains one network, or takes its outcome from an earlier process. Every stage starts from its own seed, so
    /// that the student and the baseline begin with the same weights and see the same images.
    func train(
        _ stage: Stage, _ graph: Graph, _ network: NetworkSpec, _ spec: JobSpec, _ data: TrainingData,
        teacher: TrainedNetwork?
    ) throws -> TrainingOutcome {
        let request = TrainingRequest(
            stage: stage, graph: graph, epochs: network.epochs, training: spec.training,
            distillation: spec.distillation, seed: spec.seed)
        let trainer = try Trainer(
            request, initial: ParameterBuffer.initialized(for: graph, seed: spec.seed), data: data, teacher: teacher,
            pool: pool, checkpoints: checkpoints,
            hooks: TrainingHooks(
                progress: { [emit] in emit(.progress(stage, done: $0.stepsDone, total: $0.steps)) },
                epoch: { [emit] in emit(.epoch($0)) }, notice: { [self] in warn($0) }, shouldStop: shouldStop))
        emit(.stage(stage, total: 0))
        return try trainer.run()
    }
}
