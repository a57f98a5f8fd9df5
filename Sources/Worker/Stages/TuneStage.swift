import Compute
import Datasets
import Distillation
import Exporters
import Foundation
import Manifests
import Networks
import Reporting

/// The student that a job keeps, with the job as it is for this student.
struct TaughtStudent {
    /// With the settings that were found in place of those to be looked for: it repeats this student.
    var spec: JobSpec
    var networks: JobNetworks
    var student: TrainingOutcome
    /// The same network, learned from the labels alone.
    var baseline: TrainingOutcome?
    /// Who taught.
    var teachers: [Teacher]
    var report = ChoiceReport()
    /// Students that were trained to the end and are not kept, to be exported as well.
    var others: [OtherStudent] = []
}

/// What the report says of how the student was chosen.
struct ChoiceReport {
    var tuning: TuningRecord?
    var students: [StudentPoint]?
}

struct OtherStudent {
    let name: String
    let spec: JobSpec
    let network: TrainedNetwork
    /// On the evaluation split.
    let accuracy: Double
}

extension JobSpec {
    /// Without what is to be looked for: as it was found.
    var settled: JobSpec {
        var spec = self
        (spec.tuning, spec.search, spec.target) = (nil, nil, nil)
        spec.distillation.isAuto = false
        return spec
    }
}

extension JobPipeline {
    /// Tries settings, or students, or first settings and then students with the best of them, and keeps one.
    ///
    /// - Parameter baseline: of the job's own student.
    func choose(
        _ networks: JobNetworks, _ spec: JobSpec, _ data: TrainingData, teachers: [Teacher],
        baseline: TrainingOutcome?
    ) throws -> TaughtStudent {
        emit(.stage(.tune, total: 0))
        var report = ChoiceReport()
        var candidates: [StudentSearch.Candidate] = []
        var chosen = 0
        var base = spec
        if spec.tune.trials != nil {
            let result = try tune(spec, networks, data, teachers: teachers)
            report.tuning = result.record
            candidates = result.finalists.map {
                StudentSearch.Candidate(
                    name: "trial-\($0.trial + 1)", spec: $0.spec, network: $0.network, training: $0.training)
            }
            chosen = result.chosen
            base = candidates[chosen].spec
        }
        if let search = spec.search {
            candidates = try students(
                search, base, networks, data, teachers: teachers, known: candidates.isEmpty ? nil : candidates[chosen])
            chosen = pick(candidates, spec)
        }
        report.students = points(candidates, chosen: chosen)
        let kept = candidates[chosen]
        var networks = networks
        networks.student = kept.network.graph
        let final = kept.spec.settled
        emit(.stage(.student, total: 0))
        for record in kept.training.records { emit(.epoch(record)) }
        let alone = try self.baseline(of: kept.network.graph, final, data, known: baseline, of: spec)
        let choice = StudentChoice(taught: kept.training, alone: alone, final.distillation)
        if let warning = choice.warning { warn(warning) }
        return TaughtStudent(
            spec: final, networks: networks, student: choice.student, baseline: alone, teachers: teachers,
            report: report,
            others: candidates.indices.filter { $0 != chosen }.map {
                let one = candidates[$0]
                return OtherStudent(
                    name: one.name, spec: one.spec.settled, network: one.network, accuracy: one.training.bestAccuracy)
            })
    }

    private func tune(
        _ spec: JobSpec, _ networks: JobNetworks, _ data: TrainingData, teachers: [Teacher]
    ) throws -> Tuner.Result {
        let tuner = try Tuner(
            spec, data: data, teachers: teachers, threads: pool.threads,
            atOnce: try atOnce(networks.student, spec, networks), directory: "\(checkpoints.directory)/tuning",
            hooks: hooks)
        let result = try tuner.run()
        if result.record.isCutShort {
            emit(
                .notice(
                    "`tune.budget` ended the search after \(result.record.trials.count) trials: fewer were trained on.")
            )
        }
        let best = result.record.trials[result.record.chosen - 1]
        let words = best.settings.words.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        emit(
            .notice(
                "Of \(result.record.trials.count) trials number \(best.number) is the best"
                    + (best.number == 1 ? ": the job's own settings." : ": \(words).")))
        return result
    }

    private var hooks: TunerHooks {
        var hooks = TunerHooks(
            progress: { [emit] in emit(.progress(.tune, done: $0, total: $1)) },
            trial: { [emit] in emit(.trial($0, done: $1, total: $2)) }, notice: { [emit] in emit(.notice($0)) },
            shouldStop: shouldStop)
        hooks.place = trials
        return hooks
    }

    /// Distils each; the one that tuning trained already is not trained again.
    private func students(
        _ search: [StudentCandidate], _ base: JobSpec, _ networks: JobNetworks, _ data: TrainingData,
        teachers: [Teacher], known: StudentSearch.Candidate?
    ) throws -> [StudentSearch.Candidate] {
        let all = search.map { one in
            var spec = base
            (spec.student.model, spec.student.width) = (one.model, one.width)
            spec.distillation.isAuto = false
            return (name: one.name, spec: spec)
        }
        let missing = known == nil ? all : Array(all.dropFirst())
        let largest = try missing.map { one in
            try Presets.make(
                one.spec.student.model, width: one.spec.student.width, input: networks.student.input,
                classes: data.classes)
        }.max { $0.multiplyAccumulates < $1.multiplyAccumulates }
        let trained = try StudentSearch.run(
            missing, data: data, teachers: teachers, threads: pool.threads,
            atOnce: try atOnce(largest ?? networks.student, base, networks),
            directory: "\(checkpoints.directory)/search", hooks: hooks)
        let first = known.map {
            [StudentSearch.Candidate(name: all[0].name, spec: all[0].spec, network: $0.network, training: $0.training)]
        }
        return (first ?? []) + trained
    }

    private func pick(_ candidates: [StudentSearch.Candidate], _ spec: JobSpec) -> Int {
        let (place, isReached) = StudentSearch.choice(
            candidates.map { ($0.network.graph, $0.training.bestAccuracy) }, target: spec.target, spec.tune)
        let kept = candidates[place]
        let accuracy = Figures.percent(kept.training.bestAccuracy)
        if let target = spec.target, !isReached {
            warn(
                "no student of `search` is right about \(Figures.percent(target)) of the evaluation split, as `target` "
                    + "asks: the most accurate, \(kept.name), with \(accuracy), is kept")
        } else {
            emit(.notice("Of \(candidates.count) students \(kept.name) is kept, right about \(accuracy)."))
        }
        return place
    }

    private func points(_ candidates: [StudentSearch.Candidate], chosen: Int) -> [StudentPoint] {
        let accuracies = candidates.map(\.training.bestAccuracy)
        func front(_ cost: (Graph) -> Int) -> Set<Int> {
            Set(ParetoFront.indices(costs: candidates.map { Double(cost($0.network.graph)) }, accuracies: accuracies))
        }
        let (bySize, byTime) = (front(\.parameterCount), front(\.multiplyAccumulates))
        return candidates.indices.map { i in
            let one = candidates[i]
            let single = InferenceNetwork(
                graph: one.network.graph, parameters: one.network.parameters, maximumBatch: 1,
                pool: ThreadPool(threads: 1))
            return StudentPoint(
                name: one.name, model: one.spec.student.model, width: one.spec.student.width,
                parameters: one.network.graph.parameterCount,
                multiplyAccumulates: one.network.graph.multiplyAccumulates, accuracy: accuracies[i],
                latencyMilliseconds: Timing.milliseconds(single, values: one.network.graph.input.count),
                isBestOfSize: bySize.contains(i), isBestOfTime: byTime.contains(i), isChosen: i == chosen,
                folder: i == chosen ? nil : "students/\(one.name)")
        }
    }

    /// The baseline of the network that is kept, for which another one than the job's own may have to be trained.
    private func baseline(
        of graph: Graph, _ spec: JobSpec, _ data: TrainingData, known: TrainingOutcome?, of asked: JobSpec
    ) throws -> TrainingOutcome? {
        guard spec.baseline else { return nil }
        if let known, (spec.student.model, spec.student.width) == (asked.student.model, asked.student.width) {
            return known
        }
        return try train(
            TrainingRequest(
                stage: .baseline, number: 2, graph: graph, epochs: spec.student.epochs, training: spec.training,
                seed: spec.seed), data, teachers: [])
    }

    /// Trainings at the same time: one for each thread up to `mostAtOnce`, and as many as fit into half of what memory
    /// is left.
    private func atOnce(_ student: Graph, _ spec: JobSpec, _ networks: JobNetworks) throws -> Int {
        let limit = Self.mostAtOnce(threads: pool.threads)
        guard limit > 1, let room = [ProcessMemory.available, order.memoryBytes].compactMap(\.self).min() else {
            return limit
        }
        let one = try MemoryEstimate(spec: spec, networks: networks, images: spec.training.batch, pool: pool)
            .bytesOfStudent(student)
        return min(limit, max(1, room / 2 / max(one, 1)))
    }

    static func mostAtOnce(threads: Int) -> Int { min(threads, 4) }
}

extension JobPipeline {
    /// Writes the students that are not kept, each into a folder of its own, and reads them back.
    func export(_ others: [OtherStudent], dataset: Dataset, data: TrainingData, to staging: Staging) throws {
        for other in others {
            if shouldStop() { throw Suspended() }
            let folder = try staging.folder("students/\(other.name)")
            let graph = other.network.graph
            _ = try write(
                graph, parameters: other.network.parameters, spec: other.spec, dataset: dataset,
                facts: ["evaluation.accuracy": String(format: "%.4f", other.accuracy)], to: folder)
            try folder.write(JobSpecWriter.yaml(other.spec), as: "job.yaml")
            _ = try verify(
                graph, parameters: other.network.parameters, integers: nil, images: data.evaluation, data: data,
                staging: folder)
        }
    }
}
