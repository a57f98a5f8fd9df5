import Foundation
import Manifests
import Networks

/// The checkpoints and finished stages of one job, in a folder of its own.
///
/// `student.epoch-000012.checkpoint` (`teacher-2...` for a second teacher): after an epoch; the last two are kept.
/// `student.step.checkpoint`: within an epoch. `student.finished`: the outcome of a stage, which replaces its
/// checkpoints.
public struct CheckpointStore: Sendable {
    public let directory: String

    /// Makes the folder where it is missing.
    public init(directory: String) throws(JobFailure) {
        self.directory = directory
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        } catch {
            throw JobFailure(
                code: "checkpoint.failed",
                what: "the folder for checkpoints cannot be made: \(error.localizedDescription)", location: directory,
                fix: "check that the state folder exists and can be written by the user that runs distilld")
        }
    }

    /// A checkpoint between epochs replaces the one before the previous, and any within an epoch.
    func save(
        _ checkpoint: CheckpointFile<some CheckpointedPosition>, stage: String
    ) throws(CheckpointError) {
        guard checkpoint.content.isBetweenEpochs else { return try checkpoint.write(to: stepPath(stage)) }
        let done = checkpoint.content.epochsDone
        try checkpoint.write(to: epochPath(stage, done))
        try remove(stepPath(stage))
        for epoch in epochs(stage) where epoch < done - 1 { try remove(epochPath(stage, epoch)) }
    }

    /// The furthest checkpoint of this training that is whole.
    ///
    /// - Parameters:
    ///   - betweenEpochs: leaves out one within an epoch.
    ///   - onDamage: told of each file that cannot be used.
    func latest<Position: CheckpointedPosition>(
        _ stage: String, of position: Position.Type = TrainingPosition.self, fingerprint: String,
        betweenEpochs: Bool = false, onDamage: (CheckpointError) -> Void
    ) -> CheckpointFile<Position>? {
        let paths = (betweenEpochs ? [] : [stepPath(stage)]) + epochs(stage).map { epochPath(stage, $0) }
        for path in paths {
            do {
                if let found = try CheckpointFile<Position>.read(path), found.fingerprint == fingerprint {
                    return found
                }
            } catch {
                onDamage(error)
            }
        }
        return nil
    }

    /// Forgets steps after the last epoch.
    func removeStep(_ stage: String) throws(CheckpointError) { try remove(stepPath(stage)) }

    private func stepPath(_ stage: String) -> String { "\(directory)/\(stage).step.checkpoint" }

    private func epochPath(_ stage: String, _ epoch: Int) -> String {
        let digits = String(epoch)
        let zeros = String(repeating: "0", count: max(0, 6 - digits.count))
        return "\(directory)/\(stage).epoch-\(zeros)\(digits).checkpoint"
    }

    /// Those with a checkpoint, latest first.
    private func epochs(_ stage: String) -> [Int] {
        let prefix = "\(stage).epoch-"
        let suffix = ".checkpoint"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.compactMap { name in
            guard name.hasPrefix(prefix), name.hasSuffix(suffix) else { return nil }
            return Int(name.dropFirst(prefix.count).dropLast(suffix.count))
        }.sorted(by: >)
    }

    private func remove(_ path: String) throws(CheckpointError) {
        guard unlink(path) == 0 || errno == ENOENT else { throw .system("removed", path: path, errno: errno) }
    }
}

extension CheckpointStore {
    private typealias Finished = CheckpointFile<FinishedStage>

    private struct FinishedStage: Codable {
        var records: [EpochRecord]
        var bestEpoch: Int
    }

    /// What a stage ended with in an earlier process; `nil`: it has not ended, or it was another training.
    func outcome(
        _ stage: String, fingerprint: String, onDamage: (CheckpointError) -> Void
    ) -> TrainingOutcome? {
        do {
            guard let file = try Finished.read(finishedPath(stage)), file.fingerprint == fingerprint,
                file.buffers.count == 2
            else { return nil }
            return TrainingOutcome(
                best: file.buffers[0], last: file.buffers[1], records: file.content.records,
                bestEpoch: file.content.bestEpoch)
        } catch {
            onDamage(error)
            return nil
        }
    }

    /// Keeps a stage's outcome and lets go of its checkpoints.
    func finish(_ stage: String, fingerprint: String, _ outcome: TrainingOutcome) throws(CheckpointError) {
        let content = FinishedStage(records: outcome.records, bestEpoch: outcome.bestEpoch)
        try Finished(content: content, fingerprint: fingerprint, buffers: [outcome.best, outcome.last])
            .write(to: finishedPath(stage))
        try remove(stepPath(stage))
        for epoch in epochs(stage) { try remove(epochPath(stage, epoch)) }
    }

    private func finishedPath(_ stage: String) -> String { "\(directory)/\(stage).finished" }
}
