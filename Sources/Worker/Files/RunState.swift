import Foundation
import Manifests

/// What a job remembers about itself over the processes that work on it: `run.json` among the checkpoints.
struct RunState: Codable {
    var started: Date
    /// Wall time of the processes before this one.
    var secondsBefore: Double
    /// The most memory that any of them held.
    var peakMemoryBytes: Int?
    /// What the machine's processors took meanwhile; nil: not known.
    var joules: Double?

    private static let name = "run.json"

    /// What an earlier process left, or a new beginning.
    static func load(from directory: URL) -> (state: RunState, resumed: Bool) {
        let file = directory.appendingPathComponent(name)
        if let data = try? Data(contentsOf: file), let state = try? JSONDecoder().decode(RunState.self, from: data) {
            return (state, true)
        }
        return (RunState(started: Date(), secondsBefore: 0), false)
    }

    func save(to directory: URL) throws {
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        try WholeFile.write(JSONEncoder().encode(self), to: directory.appendingPathComponent(Self.name).path)
    }
}
