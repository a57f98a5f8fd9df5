import Foundation
import Manifests

/// What a tuning has come to: `state.json` in its folder, written after every training.
///
/// All but `seconds` and what `budget` decided follows from the seed, the data and the plan; those are written down before
/// they have any consequence, so that a tuning that was killed goes on as it had begun.
struct TuningState: Codable, Equatable {
    /// Of the first trial's whole training, and of what is asked.
    var fingerprint: String
    var seconds = 0.0
    /// When trials were asked for that are trained elsewhere; nil: none are.
    var asked: Date?
    /// Points of the trials, by number from 0. A batch is here before the first of it is run.
    var points: [[Double]] = []
    var results: [TrialResult] = []
    /// Who goes on: of the second rung and the others, by number from 0.
    var promoted: [[Int]] = []
    /// Whether `budget` allowed no further trials.
    var isCutShort = false

    /// - Parameters:
    ///   - trial: from 0.
    ///   - rung: from 0.
    func result(trial: Int, rung: Int) -> TrialResult? {
        results.first { $0.trial == trial + 1 && $0.rung == rung + 1 }
    }

    /// Scores of a rung, in the order of trials.
    func scores(rung: Int) -> [(trial: Int, score: Double)] {
        results.filter { $0.rung == rung + 1 }.sorted { $0.trial < $1.trial }.map { ($0.trial - 1, $0.score) }
    }

    /// Epochs of all trainings that ended.
    var epochs: Int { results.reduce(0) { $0 + $1.epochs } }

    /// What an earlier process left for the same tuning, or a new beginning.
    static func load(_ path: String, fingerprint: String) -> TuningState {
        guard let data = FileManager.default.contents(atPath: path),
            let state = try? JSONDecoder().decode(TuningState.self, from: data), state.fingerprint == fingerprint
        else { return TuningState(fingerprint: fingerprint) }
        return state
    }

    func save(_ path: String) throws(CheckpointError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        encoder.nonConformingFloatEncodingStrategy = .throw
        guard let data = try? encoder.encode(self) else { preconditionFailure("scores and times are finite") }
        var file = try DurableFile(path)
        try file.write(Array(data))
        try file.publish()
    }
}
