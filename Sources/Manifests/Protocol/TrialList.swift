/// Trainings that a worker asks to be done elsewhere: `trials.json` among its checkpoints, written before it ends with
/// `WorkerExit.awaiting`. Each is then done by a worker of its own, told which by its number from 1, and when all have
/// ended the first worker is started again.
public struct TrialList: Codable, Sendable, Equatable {
    /// Folders of the trainings' checkpoints.
    public var folders: [String]

    public init(folders: [String]) { self.folders = folders }

    /// - Parameter folder: the job's checkpoints.
    public static func path(in folder: String) -> String { folder + "/trials.json" }
}
