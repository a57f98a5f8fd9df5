import Distillation
import Foundation
import Manifests

#if canImport(Glibc)
    import Glibc
#endif

/// `distilld worker`: one job in this process, or one of its trials, its events as JSON lines on standard output.
public struct WorkerCommand {
    private let orderPath: String
    private let trial: Int?
    private let trialsElsewhere: Bool

    /// - Parameters:
    ///   - trial: which of `TrialList` to train, from 1; `nil`: the job.
    ///   - trialsElsewhere: whether trials are asked for, and not trained here.
    public init(orderPath: String, trial: Int? = nil, trialsElsewhere: Bool = false) {
        self.orderPath = orderPath
        self.trial = trial
        self.trialsElsewhere = trialsElsewhere
    }

    /// - Returns: the exit code: 0 finished, 1 failed, 69 trials are wanted, 75 suspended.
    /// - Throws: what is wrong with the order file, or the list of trials.
    public func run() throws -> Int32 {
        var order: WorkOrder = try read(orderPath)
        // Several trials of a job run at the same time.
        let temporary = order.checkpointDirectory + "/tmp" + (trial.map { "-\($0)" } ?? "")
        if trial != nil { order.stagingDirectory = temporary + "/staging" }
        try Confinement.enter(order, temporary: temporary)
        try MemoryLimit.enter(order)
        StopSignal.listen()
        // A daemon that is gone takes no events: the job ends with the process (EPIPE) rather than unheard.
        signal(SIGPIPE, SIG_DFL)
        let run = JobRun(
            order: order, trials: try place(order),
            emit: { event in
                guard let line = try? WorkerEventLine(event).bytes() else { return }
                line.withUnsafeBytes { bytes in
                    var rest = bytes[...]
                    while !rest.isEmpty {
                        let written = write(
                            STDOUT_FILENO, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                        if written < 0 && errno == EINTR { continue }
                        guard written > 0 else { exit(EX_IOERR) }
                        rest = rest.dropFirst(written)
                    }
                }
            }, shouldStop: { StopSignal.isAsked })
        return run.run().exitCode
    }

    private func place(_ order: WorkOrder) throws -> TrialPlace {
        guard let trial else { return trialsElsewhere ? .elsewhere : .here }
        let path = TrialList.path(in: order.checkpointDirectory)
        let list: TrialList = try read(path)
        guard list.folders.indices.contains(trial - 1) else {
            throw JobFailure(
                code: "worker.trial", what: "There is no trial \(trial) of \(list.folders.count).", location: path,
                fix: "run `distilld retry` on this job")
        }
        return .one(list.folders[trial - 1])
    }

    private func read<Value: Decodable>(_ path: String) throws -> Value {
        try JSONDecoder().decode(Value.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    }
}
