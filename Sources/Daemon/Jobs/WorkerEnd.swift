import Foundation
import Manifests

/// What the end of a worker means: its last word and its exit code must agree.
enum WorkerEnd: Sendable, Equatable {
    case finished(Headline)
    case failed(JobFailure)
    case suspended
    case crashed(ProcessEnd)

    /// - Parameter memoryLimit: bytes, of the worker; 0: it had none.
    init(_ status: ProcessEnd, lastWord: WorkerEvent?, memoryLimit: Int = 0) {
        switch (status, lastWord) {
        case (.exited(WorkerExit.exhausted), _) where memoryLimit > 0: self = .failed(Self.exhaustion(memoryLimit))
        case (.exited(0), .finished(let headline)): self = .finished(headline)
        case (.exited(1), .failed(let failure)): self = .failed(failure)
        // A worker that is stopped before it has read its order has nothing to say.
        case (.exited(WorkerExit.suspended), _): self = .suspended
        default: self = .crashed(status)
        }
    }

    /// For a job whose worker crashed too often.
    static func failure(after end: WorkerEnd, crashes: Int, log: String?) -> JobFailure {
        let lines = (log ?? "").split(separator: "\n").suffix(20).map { String($0).shown }
        return JobFailure(
            code: "worker.crashed",
            what: "The worker ended \(crashes) times in a row without getting further; the last time it "
                + "\(words(for: end)).",
            location: "the end of log.txt",
            fix: hint(for: end) + " The last lines of the log follow; then run `distilld retry` on this job.",
            details: lines)
    }

    private static func exhaustion(_ limit: Int) -> JobFailure {
        JobFailure(
            code: "worker.memory",
            what: "The job needs more memory than a job may take (\(limit >> 20) MiB).", location: "memoryPerJob",
            fix:
                "Use a smaller `training.batch`, input or model in the manifest, or raise `memoryPerJob` in the daemon's "
                + "configuration and reload it; then run `distilld retry` on this job.")
    }

    static func words(for end: WorkerEnd) -> String {
        switch end {
        case .finished, .failed: "ended as it should"
        case .suspended: "stopped though nobody asked it to"
        case .crashed(.exited(0)): "exited without a result"
        case .crashed(.exited(127)): "could not be started"
        case .crashed(.exited(WorkerExit.displaced)): "was ended by the cluster"
        case .crashed(.exited(let code)): "exited with the unexpected code \(code)"
        case .crashed(.killed(let signal)): "was killed by signal \(signal) (\(name(of: signal)))"
        }
    }

    private static func hint(for end: WorkerEnd) -> String {
        switch end {
        case .crashed(.exited(WorkerExit.displaced)):
            "The log says what became of the batch jobs. Where a time limit ended them, raise `slurm.time` in the "
                + "daemon's configuration: between two checkpoints of a training lies a minute at most."
        case .crashed(.killed(SIGKILL)):
            "Most often the system was out of memory: see `dmesg`, use a smaller batch, model or input, or let fewer "
                + "jobs run at once."
        case .crashed(.killed(SIGILL)):
            "The processor lacks an instruction: set DISTILLD_ISA=scalar in the daemon's environment and report it."
        case .crashed(.killed(SIGBUS)):
            "Most often a disk was full or a file was cut short while it was read: look at the state folder's disk."
        case .crashed(.killed(SIGXCPU)), .crashed(.killed(SIGXFSZ)):
            "A resource limit of the system was reached: see ulimit(1) or the unit's limits."
        default: "This is a fault of distilld: please report it with log.txt."
        }
    }

    private static func name(of signal: Int32) -> String {
        let names: [Int32: String] = [
            SIGHUP: "SIGHUP", SIGINT: "SIGINT", SIGQUIT: "SIGQUIT", SIGILL: "SIGILL", SIGABRT: "SIGABRT",
            SIGBUS: "SIGBUS", SIGFPE: "SIGFPE", SIGKILL: "SIGKILL", SIGSEGV: "SIGSEGV", SIGPIPE: "SIGPIPE",
            SIGTERM: "SIGTERM", SIGXCPU: "SIGXCPU", SIGXFSZ: "SIGXFSZ", SIGSYS: "SIGSYS", SIGTRAP: "SIGTRAP",
        ]
        return names[signal] ?? strsignal(signal).map { String(cString: $0) } ?? "unknown"
    }
}
