import Distillation
import Manifests
import Networks
import Reporting

extension JobPipeline {
    /// Students that learn from each other, in place of teachers: the best on the evaluation split, the earlier of equals,
    /// is the student, and the others stand where teachers would, the best of them first.
    func mutual(
        _ networks: JobNetworks, _ spec: JobSpec, _ data: TrainingData
    ) throws -> (taught: [TaughtTeacher], student: TrainingOutcome, baseline: TrainingOutcome?) {
        func request(_ stage: Stage) -> TrainingRequest {
            TrainingRequest(
                stage: stage, graph: networks.student, epochs: spec.student.epochs, training: spec.training,
                seed: spec.seed)
        }
        let trainer = try MutualTrainer(
            request(.student),
            initials: (0..<spec.distillation.peers).map {
                .initialized(for: networks.student, seed: spec.seed &+ UInt64($0))
            }, data: data.withTeachers, pool: pool, checkpoints: checkpoints, hooks: hooks(.student))
        emit(.stage(.student, total: 0))
        let outcomes = try trainer.run()
        let order = outcomes.indices.sorted { a, b in
            let (x, y) = (outcomes[a].bestAccuracy, outcomes[b].bestAccuracy)
            return x == y ? a < b : x > y
        }
        let others = order.dropFirst().map { outcomes[$0].told(as: .peer, number: $0 + 1) }
        standings = zip(order.dropFirst(), others).map { place, outcome in
            TeacherStanding(
                number: place + 1, model: "\(spec.student.model), a peer",
                evaluationAccuracy: data.evaluation.count > 0 ? outcome.bestAccuracy : nil, calibrationError: nil,
                weight: 1 / Double(others.count), trust: 1, reason: nil, weakClasses: [])
        }
        let baseline = spec.baseline ? try train(request(.baseline), data, teachers: []) : nil
        let taught = others.map { outcome in
            TaughtTeacher(
                teacher: Teacher(TrainedNetwork(graph: networks.student, parameters: outcome.best)), training: outcome,
                vettedAccuracy: nil)
        }
        return (taught, outcomes[order[0]].told(as: .student, number: nil), baseline)
    }
}
