import Foundation

/// Where the students of a tuning or a search are trained. What comes out is the same: a training leaves its outcome in
/// its folder, and whoever goes on takes it from there.
public enum TrialPlace: Sendable, Equatable {
    /// In this process.
    case here
    /// In others: `TrialsWanted` is thrown for those that are missing.
    case elsewhere
    /// This process trains the one of this folder, and throws `TrialDone`. Another goes on with what came of it.
    case one(String)
}

/// These trainings are to be done elsewhere, with the same order, before this goes on.
public struct TrialsWanted: Error, Equatable {
    /// Of their checkpoints.
    public let folders: [String]
}

/// The training that was asked for has ended.
public struct TrialDone: Error {}

/// Says in a training's folder that it has ended, well or not. Only a hint: whoever goes on trains what is not there.
struct EndMark {
    private let path: String

    init(folder: String) { path = folder + "/ended" }

    var isSet: Bool { FileManager.default.fileExists(atPath: path) }

    func set() throws(CheckpointError) {
        var file = try DurableFile(path)
        try file.publish()
    }
}
