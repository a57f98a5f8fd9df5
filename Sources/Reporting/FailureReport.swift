import Foundation
import Manifests

/// What a failed job leaves in its folder: `error.json` for programs, `report.html` for people.
public enum FailureReport {
    /// The content of `error.json`: the failure with the job it ended.
    public struct Record: Codable, Sendable, Equatable {
        public static let currentSchemaVersion = 1

        public var schemaVersion = Record.currentSchemaVersion
        public var jobID: String
        public var name: String
        /// When the failure was written down.
        public var time: Date
        public var code: String
        public var what: String
        public var location: String?
        public var fix: String
        public var details: [String]

        public init(_ failure: JobFailure, jobID: String, jobName: String, time: Date = Date()) {
            self.jobID = jobID
            name = jobName
            self.time = time
            code = failure.code
            what = failure.what
            location = failure.location
            fix = failure.fix
            details = failure.details
        }
    }

    /// Writes `error.json` and `report.html`.
    ///
    /// - Parameters:
    ///   - log: the worker's log; the page shows its last 200 lines.
    ///   - directory: exists; files of these names in it are replaced.
    /// - Throws: what the file system says, with the path.
    public static func write(
        _ failure: JobFailure, jobID: String, jobName: String, log: String?, to directory: String
    ) throws {
        let record = Record(failure, jobID: jobID, jobName: jobName)
        let folder = URL(fileURLWithPath: directory, isDirectory: true)
        try WholeFile.write(JobReport.encoder.encode(record), to: folder.appendingPathComponent("error.json").path)
        let page = FailurePage.render(record, log: log)
        try WholeFile.write(Data(page.utf8), to: folder.appendingPathComponent("report.html").path)
    }
}
