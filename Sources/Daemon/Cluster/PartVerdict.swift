import Manifests

/// Whether a part of a batch job has ended, and how: its own word counts before Slurm's.
enum PartVerdict: Equatable {
    case running
    /// By itself.
    case exited(Int32)
    /// Without a word that counts; nil: Slurm knows it no more.
    case lost(SlurmStatus?)

    /// Codes after which a worker has nothing more to do, whatever becomes of the batch job.
    private static let final: Set<Int32> = [0, 1, WorkerExit.exhausted, WorkerExit.awaiting]

    /// - Parameters:
    ///   - exitCode: as the part wrote it down; nil: not yet.
    ///   - isKnown: whether Slurm has been asked since the part was submitted.
    ///   - isSilent: whether it has been over for so long that its word should have arrived.
    init(exitCode: Int32?, status: SlurmStatus?, isKnown: Bool, isSilent: Bool) {
        if let exitCode, Self.final.contains(exitCode) {
            self = .exited(exitCode)
        } else if !isKnown {
            self = .running
        } else if let status {
            switch status.phase {
            // What it wrote was on being preempted: it starts again.
            case .alive: self = .running
            case .ended: self = exitCode.map(Self.exited) ?? (isSilent ? .lost(status) : .running)
            case .displaced, .stopped: self = .lost(status)
            }
        } else {
            self = exitCode.map(Self.exited) ?? .lost(nil)
        }
    }
}

/// What a lost part means for the job.
enum ClusterLoss: Equatable {
    /// It is submitted again; what to say of it.
    case displaced(String)
    case failed(JobFailure)

    /// - Parameter job: the batch job, for people.
    init(_ status: SlurmStatus?, job: String) {
        guard let status else {
            self = .displaced("Slurm knows batch job \(job) no more, and it left no word of its end.")
            return
        }
        switch status.state {
        case "CANCELLED":
            self = .failed(
                JobFailure(
                    code: "cluster.cancelled", what: "Batch job \(job) was cancelled on the cluster.",
                    location: "Slurm",
                    fix: "Ask who runs the cluster for the reason, then run `distilld retry` on this job; it begins "
                        + "anew. To cancel a job, use `distilld cancel`."))
        case "OUT_OF_MEMORY":
            self = .failed(
                JobFailure(
                    code: "cluster.memory", what: "Batch job \(job) needed more memory than the cluster gave it.",
                    location: "memoryPerJob",
                    fix:
                        "Raise `memoryPerJob` in the daemon's configuration, which is asked of Slurm, or use a smaller "
                        + "`training.batch`, input or model in the manifest; then run `distilld retry` on this job."))
        case "DEADLINE":
            self = .failed(
                JobFailure(
                    code: "cluster.deadline", what: "Batch job \(job) was ended at its deadline.",
                    location: "slurm.options",
                    fix: "Remove --deadline from `slurm.options` in the daemon's configuration, then run `distilld "
                        + "retry` on this job."))
        case "FAILED", "COMPLETED":
            self = .displaced(
                "Batch job \(job) ended (\(status.state)) without a word of its worker. On the nodes the state folder and "
                    + "distilld must be at the same paths as here, and belong to the same user.")
        case "TIMEOUT":
            self = .displaced(
                "Batch job \(job) reached its time limit; the job goes on from its last checkpoint in another one.")
        default:
            self = .displaced(
                "Batch job \(job) was ended by the cluster (\(status.state)); the job goes on from its last checkpoint in "
                    + "another one.")
        }
    }
}
