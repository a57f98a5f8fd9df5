import Distillation
import Manifests
import Networks
import Reporting

extension JobPipeline {
    /// Chooses who teaches, where the manifest asks for it: each candidate, and all of them together, teach a student for
    /// a few epochs. The one whose student is right most often on the evaluation split is taken, if it is ahead of the
    /// student of all by more than chance.
    ///
    /// Cho and Hariharan 2019, "On the efficacy of knowledge distillation": the most accurate teacher is not always the
    /// one that a small student learns most from.
    func auditioned(
        _ candidates: [Teacher], _ networks: JobNetworks, _ spec: JobSpec, _ data: TrainingData
    ) throws -> [Teacher] {
        guard spec.distillation.audition > 0, candidates.count > 1 else { return candidates }
        // Their places in the manifest: of those left out, the standing says so already.
        let numbers = standings.isEmpty ? Array(1...candidates.count) : standings.filter { $0.weight > 0 }.map(\.number)
        precondition(numbers.count == candidates.count)
        var trials: [AuditionResult.Trial] = []
        for k in 0...candidates.count {
            let teachers = k < candidates.count ? [candidates[k]] : candidates
            let outcome = try train(
                TrainingRequest(
                    stage: .audition, number: k + 1, graph: networks.student, epochs: spec.distillation.audition,
                    training: spec.training, distillation: spec.distillation, seed: spec.seed),
                data.withTeachers, teachers: teachers)
            trials.append(
                AuditionResult.Trial(
                    teachers: k < candidates.count ? [numbers[k]] : numbers, accuracy: outcome.bestAccuracy))
        }
        let result = AuditionResult(
            epochs: spec.distillation.audition, images: data.evaluation.count, trials: trials)
        audition = result
        judgeAudition()
        emit(.notice(result.sentence))
        return zip(candidates, numbers).filter { result.chosen.teachers.contains($1) }.map(\.0)
    }
}

extension JobPipeline {
    /// Lets the standings say who was not chosen.
    func judgeAudition() {
        guard let audition else { return }
        let chosen = audition.chosen.teachers
        for i in standings.indices where standings[i].isAssistant != true && standings[i].weight > 0 {
            guard !chosen.contains(standings[i].number) else { continue }
            standings[i].weight = 0
            standings[i].reason = "was not chosen by what its student learned in \(audition.epochs) epochs"
        }
        let total = standings.reduce(0) { $0 + ($1.isAssistant == true ? 0 : $1.weight) }
        guard total > 0 else { return }
        for i in standings.indices where standings[i].isAssistant != true { standings[i].weight /= total }
    }
}
