import Foundation
import Manifests

/// Why a checkpoint could not be written or read.
enum CheckpointError: Error, Equatable, CustomStringConvertible {
    case system(String, path: String, errno: Int32)
    /// The file is not what was written.
    case damaged(path: String, String)

    var description: String {
        switch self {
        case .system(let what, let path, let code): "\(path): cannot be \(what): \(String(cString: strerror(code)))"
        case .damaged(let path, let reason): "\(path): \(reason)"
        }
    }

    /// For a job that cannot go on without writing.
    var failure: JobFailure {
        switch self {
        case .system(let what, let path, let code):
            JobFailure(
                code: "checkpoint.failed",
                what: "a checkpoint cannot be \(what): \(String(cString: strerror(code)))", location: path,
                fix: code == ENOSPC || code == EDQUOT
                    ? "make room on the disk of the state folder, then retry the job"
                    : "check that the state folder exists and can be written by the user that runs distilld, then "
                        + "retry the job")
        case .damaged(let path, let reason):
            JobFailure(
                code: "checkpoint.failed", what: "a checkpoint is damaged: \(reason)", location: path,
                fix: "check the disk of the state folder, then retry the job")
        }
    }
}
