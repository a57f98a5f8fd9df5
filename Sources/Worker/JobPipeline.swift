import Compute
import Datasets
import Distillation
import Foundation
import Manifests
import Networks
import Reporting

/// The table of contents of a job: every stage in order, each taking up what an earlier process has finished.
final class JobPipeline {
    let order: WorkOrder
    /// Tells of the job's progress.
    let emit: (WorkerEvent) -> Void
    let shouldStop: () -> Bool
    let trials: TrialPlace
    let pool: ThreadPool
    let checkpoints: CheckpointStore
    let meter: EnergyWatch
    let clock = ContinuousClock()
    /// Told to the user in the report.
    var warnings: [String] = []
    /// Some of the training images.
    var samples: [DataSample] = []
    /// How the teachers stood when the student began.
    var standings: [TeacherStanding] = []
    /// Of a dataset without labels: whose answers stand for them.
    var answeredBy: String?
    /// How the teacher was chosen.
    var audition: AuditionResult?
    /// Of the chain between teacher and student.
    var assistantOutcomes: [TrainingOutcome] = []

    init(
        order: WorkOrder, trials: TrialPlace, emit: @escaping (WorkerEvent) -> Void, shouldStop: @escaping () -> Bool
    ) throws {
        self.order = order
        self.trials = trials
        let meter = EnergyWatch()
        self.meter = meter
        self.emit = { event in
            meter.look()
            emit(event)
        }
        self.shouldStop = shouldStop
        pool = ThreadPool(threads: min(max(order.threads, 1), 256))
        checkpoints = try CheckpointStore(directory: order.checkpointDirectory)
    }

    /// - Throws: `Suspended` when asked to stop, and every way in which a job fails; see `JobRun`.
    func run() throws -> Headline {
        let begin = clock.now
        let folder = URL(fileURLWithPath: order.checkpointDirectory, isDirectory: true)
        let (state, resumed) = RunState.load(from: folder)
        if isWhole { try state.save(to: folder) }
        emit(.started(jobID: order.jobID, resumed: resumed))
        defer {
            var now = state
            now.secondsBefore += seconds(since: begin)
            now.peakMemoryBytes = max(state.peakMemoryBytes ?? 0, ProcessMemory.peak ?? 0)
            now.joules = meter.joules(before: state.joules)
            if isWhole { try? now.save(to: folder) }
        }
        let staging = try Staging(path: order.stagingDirectory)

        let parsed = try ManifestParser.read(
            path: order.manifestPath, displayName: order.manifestName, limits: order.limits, below: order.roots)
        for warning in parsed.warnings { warn("\(warning)") }
        let files = try TeacherFiles(order.files ?? [:], below: order.roots)
        var spec = parsed.spec
        let dataset = try files.whileOpen { try answered(try read(spec), &spec, $0) }
        spec = resolved(spec, for: dataset)
        var networks = try files.whileOpen { try JobNetworks(spec, dataset: dataset, files: $0) }

        spec = try withAssistants(spec, networks)

        let data = TrainingData(dataset)
        let (taught, made) = try learn(networks, spec, dataset, data)
        let teacher = taught[0]
        (spec, networks) = (made.spec, made.networks)
        let (student, baseline, teachers) = (made.student, made.baseline, made.teachers)

        emit(.stage(.evaluate, total: 0))
        let judged = try judge(
            spec, networks, dataset: dataset, data: data, teacher: teacher, student: student, baseline: baseline)
        emit(.stage(.compress, total: 0))
        let compressed = try compress(
            networks.student, parameters: student.best, spec: spec, data: data, teachers: teachers)
        emit(.stage(.export, total: 0))
        let forms = try export(
            networks.student, parameters: student.best, compressed: compressed, spec: spec, dataset: dataset,
            data: data, judged: judged, to: staging)
        try export(made.others, dataset: dataset, data: data, to: staging)
        emit(.stage(.report, total: 0))
        let outcomes =
            taught.compactMap(\.training) + assistantOutcomes + [student]
            + [baseline, compressed?.training].compactMap { $0 }
        let report = try writeReport(
            spec, dataset: dataset, judged: judged, choice: made.report, forms: forms, quantization: compressed?.result,
            epochs: outcomes.flatMap(\.records), started: state.started,
            seconds: state.secondsBefore + seconds(since: begin), earlier: state, to: staging)
        try staging.seal()
        return Headline(
            verdict: report.verdict.sentence, teacherAccuracy: report.models.teacher.testAccuracy,
            studentAccuracy: report.models.student.testAccuracy,
            baselineAccuracy: report.models.baseline?.testAccuracy,
            studentParameters: report.models.student.parameters, studentBytes: report.models.student.fileBytes)
    }

    /// Not one trial of a job that others work on.
    private var isWhole: Bool { if case .one = trials { false } else { true } }

    func warn(_ text: String) {
        warnings.append(text)
        emit(.notice(text))
    }

    private func seconds(since begin: ContinuousClock.Instant) -> Double { (clock.now - begin) / .seconds(1) }
}
