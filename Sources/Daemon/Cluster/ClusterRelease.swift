import Foundation

/// Ends what a job may still have on a cluster: nothing there works for a job that has ended, or that goes on here.
struct ClusterRelease: Sendable {
    let folder: JobFolder

    /// What was asked to stop has so long: Slurm gives it half a minute, by default, before it kills it.
    private static let patience = Duration.seconds(120)

    /// - Throws: `SlurmError` where the cluster does not answer, or the batch job does not end; `FileError`.
    func run() async throws {
        guard let last = try Submission.latest(of: folder), try !last.isOver, try last.trials != nil else { return }
        let slurm = SlurmCommands(scratch: folder.cluster)
        let end = ContinuousClock.now + Self.patience
        var isCancelled = false
        while try await onFileQueue({ try Self.isAlive(last, slurm) }) {
            if !isCancelled { try await onFileQueue { try slurm.cancel(name: last.name) } }
            isCancelled = true
            guard ContinuousClock.now < end else {
                throw SlurmError(
                    program: "scancel", words: "the batch jobs named \(last.name) do not end though they are cancelled")
            }
            try await Task.sleep(for: .milliseconds(500))
        }
        try last.setOver()
    }

    private static func isAlive(_ submission: Submission, _ slurm: SlurmCommands) throws -> Bool {
        let parts = try submission.parts()
        let areDone = try parts.allSatisfy { part in
            let code = try submission.exitCode(part)
            return PartVerdict(exitCode: code, status: nil, isKnown: false, isSilent: false) != .running
        }
        if areDone { return false }
        guard let job = try submission.job ?? slurm.find(name: submission.name) else { return false }
        return try slurm.status(of: job).values.contains { $0.phase == .alive }
    }
}
