import Foundation
import Manifests

/// Why a dataset cannot be used: what happened, where, and what to do.
public struct DatasetError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A stable word for programs: `dataset.unreadable`, `dataset.empty`, `dataset.layout`, `dataset.labels`,
    /// `dataset.classes`, `dataset.tooCorrupt`, `dataset.changed`, `dataset.split`, `archive.unsafe`,
    /// `archive.damaged`, `archive.encrypted`, `archive.unknownFormat`, `limit.exceeded`, `cache.failed`,
    /// `example.unwritable`, `stopped`.
    public let code: String
    public let what: String
    /// A file of the dataset, with a line where there is one.
    public let location: String?
    public let fix: String
    /// Further lines, such as the first broken files.
    public let details: [String]

    init(_ code: String, _ what: String, at location: String? = nil, fix: String, details: [String] = []) {
        self.code = code
        self.what = what
        self.location = location
        self.fix = fix
        self.details = details
    }

    /// Reading was given up because `shouldStop` said so; not a failure of the dataset.
    public static let stopped = DatasetError(
        "stopped", "reading the dataset was stopped on request", fix: "start the job again")

    /// The same for the job's `error.json`.
    public var failure: JobFailure {
        JobFailure(code: code, what: what, location: location, fix: fix, details: details)
    }

    public var description: String {
        ([location.map { "\($0): \(what)" } ?? what, fix] + details).joined(separator: "\n")
    }
}

extension DatasetError {
    /// A call of the system on a file of the dataset failed.
    static func unreadable(_ path: String, errno code: Int32) -> DatasetError {
        DatasetError(
            "dataset.unreadable", "cannot be read: \(String(cString: strerror(code)))", at: path,
            fix: code == EACCES || code == EPERM
                ? "give the user that runs distilld the right to read it"
                : code == ENOENT ? "check the path of `dataset:` in the manifest" : "check the file system it is on")
    }

    static func limit(_ name: String, _ value: Int, _ what: String, at location: String) -> DatasetError {
        DatasetError(
            "limit.exceeded", "\(what); the limit `\(name)` is \(value.grouped)", at: location,
            fix: "make the dataset smaller, or raise `\(name)` under `limits:` in the daemon's configuration")
    }

    static func cacheFailed(_ what: String, errno code: Int32, path: String?) -> DatasetError {
        DatasetError(
            "cache.failed", "the cache of decoded images \(what): \(String(cString: strerror(code)))", at: path,
            fix: code == ENOSPC || code == EDQUOT
                ? "make room on the disk of the cache folder: decoded images take width x height x channels bytes each"
                : "check that the cache folder exists and can be written by the user that runs distilld")
    }
}
