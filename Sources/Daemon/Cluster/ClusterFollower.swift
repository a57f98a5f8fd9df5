import Foundation
import Manifests

/// Stands for a worker that runs on a cluster: submits it, passes on what it says, and ends as it ends. To the daemon it
/// is a worker like others.
///
/// Killed at any instant, it is started again and goes on following the same batch job: what was asked of the cluster is
/// in the job's folder, see `Submission`. The batch job does not notice.
public struct ClusterFollower {
    private let folder: JobFolder
    private let plan: ClusterPlan
    private let slurm: SlurmCommands

    /// How long a word that is written on a node may take to be seen here.
    private static let silence = Duration.seconds(30)

    /// - Parameter orderPath: of the job's order.
    public init(orderPath: String) throws {
        let root = Path.folder(of: orderPath)
        folder = JobFolder(id: Path.name(of: root), root: root)
        plan = try ClusterPlan.read(from: folder)
        slurm = SlurmCommands(scratch: folder.cluster)
    }

    private enum Ending {
        /// Another batch job is to follow.
        case next
        /// As the worker ended. `isFinal`: there is nothing to start again.
        case exit(Int32, isFinal: Bool)
    }

    /// - Returns: the worker's exit code.
    public func run() throws -> Int32 {
        var told: Set<String> = []
        while true {
            let submission = try current()
            if let failure = try submit(submission) {
                try submission.setOver()
                try Self.emit(.failed(failure))
                return 1
            }
            switch try follow(submission, &told) {
            case .next: try submission.setOver()
            case .exit(let code, true): return code
            case .exit(let code, false):
                try submission.setOver()
                // As the worker was killed, so that it is told as such.
                if code > 128 { kill(getpid(), code - 128) }
                return code
            }
        }
    }

    // MARK: Submitting

    /// The one that is to be followed, or the one that comes after it: trials where the worker has asked for them, else
    /// the worker.
    private func current() throws -> Submission {
        guard let last = try Submission.latest(of: folder) else { return try make(1, trials: 0) }
        guard let trials = try last.trials else { return try make(last.number, trials: 0) }
        guard try last.isOver else { return last }
        let isAsking = try trials == 0 && last.exitCode(0) == WorkerExit.awaiting
        return try make(last.number + 1, trials: isAsking ? wantedTrials() : 0)
    }

    private func make(_ number: Int, trials: Int) throws -> Submission {
        try Submission.make(in: folder, number: number, trials: trials, plan)
    }

    private func wantedTrials() throws -> Int {
        guard let bytes = try FileBytes.read(TrialList.path(in: folder.checkpoints)) else { return 0 }
        return try JSONDecoder().decode(TrialList.self, from: Data(bytes)).folders.count
    }

    /// - Returns: why the cluster refuses it.
    private func submit(_ submission: Submission) throws -> JobFailure? {
        guard try submission.job == nil else { return nil }
        do {
            // An earlier process may have been killed before it wrote the number down.
            if let job = try patiently({ try slurm.find(name: submission.name) }) {
                try submission.setJob(job)
                return nil
            }
            if try submission.parts().contains(where: { try FileStatus.exists(submission.errors($0)) }) {
                // It has even been forgotten meanwhile: a number that no batch job has.
                try submission.setJob("0")
                return nil
            }
            let job = try patiently { try slurm.submit(options(submission), script: submission.path("script")) }
            try submission.setJob(job)
            let trials = try submission.trials ?? 0
            try Self.emit(
                .notice(
                    trials == 0
                        ? "It is batch job \(job) of the cluster."
                        : "\(trials) trials are batch job \(job) of the cluster."
                ))
            return nil
        } catch let error as SlurmError {
            return JobFailure(
                code: "cluster.refused", what: "The cluster does not take the job: \(error)", location: "slurm",
                fix:
                    "Correct `slurm` in the daemon's configuration and reload it, then run `distilld retry` on this job."
            )
        }
    }

    private func options(_ submission: Submission) throws -> [String] {
        let trials = try submission.trials ?? 0
        let output = submission.path("slurm").split(separator: "%", omittingEmptySubsequences: false)
            .joined(separator: "%%")
        return plan.options + [
            "--requeue", "--job-name=\(submission.name)", "--chdir=\(submission.root)", "--output=\(output)",
            "--open-mode=append",
        ] + (trials > 0 ? ["--array=1-\(trials)"] : [])
    }

    /// Until the cluster answers: what it does not say now, it may say later.
    private func patiently<Value>(_ body: () throws -> Value) throws -> Value {
        var said = ""
        while true {
            do { return try body() } catch let error as SlurmError where error.isPassing {
                if said != error.words {
                    try Self.emit(.notice("The cluster does not answer; it is asked again. \(error)"))
                }
                said = error.words
                usleep(UInt32(plan.pollSeconds * 1e6))
            }
        }
    }

    // MARK: Following

    private func follow(_ submission: Submission, _ told: inout Set<String>) throws -> Ending {
        let job = try submission.job ?? "0"
        let parts = try submission.parts()
        var relay = parts == [0] ? try OutputRelay(submission) : nil
        var watch = QueueWatch(job: job, interval: .seconds(plan.pollSeconds))
        var silentSince: ContinuousClock.Instant?
        while true {
            var codes: [Int: Int32] = [:]
            for part in parts { codes[part] = try submission.exitCode(part) }
            try relay?.pass(&told)
            let isSilent = silentSince.map { ContinuousClock.now > $0 + Self.silence } ?? false
            let verdicts = parts.map {
                PartVerdict(
                    exitCode: codes[$0], status: watch.statuses[$0], isKnown: watch.isKnown, isSilent: isSilent)
            }
            let hasFailed = verdicts.contains { $0 != .running && $0 != .exited(0) }
            if hasFailed || !verdicts.contains(.running) {
                try relay?.finish(&told)
                return try ending(of: submission, job, Array(zip(parts, verdicts)))
            }
            if watch.isDue {
                // A question that fails says nothing of the job.
                let asked = try patiently { try slurm.status(of: job) }
                for notice in watch.take(asked) { try Self.emit(.notice(notice)) }
                let isOver = !watch.statuses.values.contains { $0.phase == .alive }
                silentSince = isOver ? silentSince ?? .now : nil
                continue
            }
            usleep(UInt32(min(1, plan.pollSeconds) * 1e6))
        }
    }

    private func ending(
        of submission: Submission, _ job: String, _ verdicts: [(part: Int, verdict: PartVerdict)]
    ) throws -> Ending {
        let isArray = verdicts[0].part > 0
        if isArray { for (part, _) in verdicts { try OutputRelay.log(submission.errors(part)) } }
        for case (let part, .lost(let status)) in verdicts {
            try OutputRelay.log(submission.path("slurm"))
            switch ClusterLoss(status, job: isArray ? "\(job)_\(part)" : job) {
            case .failed(let failure):
                // What lies there is half a result.
                try Tree.remove(folder.staging)
                try Self.emit(.failed(failure))
                return .exit(1, isFinal: true)
            case .displaced(let words):
                try Self.emit(.notice(words))
                return .exit(WorkerExit.displaced, isFinal: false)
            }
        }
        for case (let part, .exited(let code)) in verdicts where code != 0 || !isArray {
            if code == WorkerExit.awaiting, !isArray { return .next }
            if isArray, code == 1, let line = try OutputRelay.lastLine(of: submission.output(part)),
                let event = try? WorkerEventLine(line: line)
            {
                try Self.emit(event.event)
            }
            return .exit(code, isFinal: [0, 1, WorkerExit.exhausted].contains(code))
        }
        return .next
    }

    private static func emit(_ event: WorkerEvent) throws {
        try WorkerEventLine(event).bytes().withUnsafeBytes {
            try FileBytes.writeAll($0, to: STDOUT_FILENO, "an event")
        }
    }
}

/// What Slurm last said of a batch job, and when to ask again.
struct QueueWatch {
    let job: String
    let interval: Duration
    private(set) var statuses: [Int: SlurmStatus] = [:]
    private(set) var isKnown = false
    private var next = ContinuousClock.now
    private var waitedFor: String?

    init(job: String, interval: Duration) {
        self.job = job
        self.interval = interval
    }

    var isDue: Bool { ContinuousClock.now >= next }

    /// - Returns: what is to be told of the change.
    mutating func take(_ new: [Int: SlurmStatus]) -> [String] {
        let (wasRunning, isRunning) = (Self.isRunning(statuses), Self.isRunning(new))
        statuses = new
        isKnown = true
        next = ContinuousClock.now + interval
        let waitsFor = isRunning ? nil : new.min { $0.key < $1.key }?.value.waitsFor
        defer { waitedFor = waitsFor }
        guard let waitsFor, waitsFor != waitedFor else { return [] }
        return [
            wasRunning
                ? "Batch job \(job) is back in the queue (\(waitsFor)); it goes on from its last checkpoint."
                : "Batch job \(job) waits on the cluster: \(waitsFor)."
        ]
    }

    private static func isRunning(_ statuses: [Int: SlurmStatus]) -> Bool {
        statuses.values.contains { $0.state == "RUNNING" }
    }
}
