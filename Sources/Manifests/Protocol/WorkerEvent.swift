/// One line of a worker's standard output: a JSON object of one event, in the order they happened.
///
/// Encoded as `{"event":"epoch","time":1732445646.25,...}`: `time` is seconds since 1970.
public enum WorkerEvent: Codable, Sendable, Equatable {
    /// The worker has read its order; `resumed`: from checkpoints of an earlier process.
    case started(jobID: String, resumed: Bool)
    /// A stage of the job begins. `total`: units of `progress` in it, 0 where unknown.
    case stage(Stage, total: Int)
    /// Units done in the stage, at most a few a second.
    case progress(Stage, done: Int, total: Int)
    /// An epoch ended.
    case epoch(EpochRecord)
    /// A trial of tuning ended a training. `done`: trainings that ended, of `total`.
    case trial(TrialResult, done: Int, total: Int)
    /// Something the user should read; does not end the job.
    case notice(String)
    /// The staging folder is complete and on disk. The process exits with 0.
    case finished(Headline)
    /// The job cannot be done; the staging folder holds `error.json` and `report.html`. The process exits with 1.
    case failed(JobFailure)
    /// Stopped on request at a checkpoint, to go on later. The process exits with 75 (EX_TEMPFAIL).
    case suspended
}

/// The stages of a job, in order.
public enum Stage: String, Codable, Sendable, CaseIterable {
    case read, teacher
    /// One learns from the teacher, and will teach.
    case assistant
    /// A teacher shows in a few epochs what it can teach.
    case audition
    /// Settings are tried, or several students are distilled. Where there is a baseline, it comes before.
    case tune
    case student
    /// Another student, that the student learns from as it learns from it.
    case peer
    case baseline, evaluate, compress
    /// The student is trained on for 8-bit integers.
    case quantize
    case export, report
}

/// The outcome in a line: accuracies on the test split, 0...1.
public struct Headline: Codable, Sendable, Equatable {
    public var verdict: String
    public var teacherAccuracy: Double
    public var studentAccuracy: Double
    public var baselineAccuracy: Double?
    public var studentParameters: Int
    public var studentBytes: Int

    public init(
        verdict: String, teacherAccuracy: Double, studentAccuracy: Double, baselineAccuracy: Double?,
        studentParameters: Int, studentBytes: Int
    ) {
        self.verdict = verdict
        self.teacherAccuracy = teacherAccuracy
        self.studentAccuracy = studentAccuracy
        self.baselineAccuracy = baselineAccuracy
        self.studentParameters = studentParameters
        self.studentBytes = studentBytes
    }
}

/// Why a job failed, for a person: what happened, where, and what to do. The content of `error.json`.
public struct JobFailure: Codable, Sendable, Equatable, Error, CustomStringConvertible {
    /// A stable word for programs: `manifest.invalid`, `dataset.unreadable`, `training.diverged`, `worker.crashed` ...
    public var code: String
    public var what: String
    /// File, line, field, image or stage.
    public var location: String?
    public var fix: String
    /// Further lines, such as every error of a manifest.
    public var details: [String]

    public init(code: String, what: String, location: String? = nil, fix: String, details: [String] = []) {
        self.code = code
        self.what = what
        self.location = location
        self.fix = fix
        self.details = details
    }

    /// What and where, what to do, then a line a detail.
    public var description: String {
        ([location.map { "\(what) (\($0))" } ?? what, fix] + details).joined(separator: "\n")
    }
}
