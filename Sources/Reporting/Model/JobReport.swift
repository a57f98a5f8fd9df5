import Foundation
import Manifests

/// Everything a finished job has to say: the content of `report.json`, and the source of every page made from it.
///
/// Keys are stable: within one `schemaVersion` keys are only added, and readers ignore keys they do not know.
/// Accuracies, recalls, precisions and probabilities are shares in 0...1; times are seconds unless named otherwise;
/// dates are ISO 8601 in UTC; class indices point into `data.classes`.
public struct JobReport: Codable, Sendable, Equatable {
    /// Raised when a key changes its meaning or goes away.
    public static let currentSchemaVersion = 1

    public var schemaVersion: Int
    public var jobID: String
    public var name: String
    public var started: Date
    public var finished: Date
    /// Wall time of the work, over all processes that took part: less than `finished - started` where the job paused.
    public var seconds: Double
    /// Version of distilld.
    public var version: String
    public var machine: Machine
    /// Made by `Verdict.init(models:answeredBy:)` from the figures below.
    public var verdict: Verdict
    public var data: DataSummary
    public var models: ModelResults
    /// In the order they happened: teacher, student, baseline.
    public var epochs: [EpochRecord]
    /// The student's wrong answers on the test split it was surest of, worst first.
    public var mistakes: [Mistake]
    /// `nil` in reports of versions that did not look.
    public var insights: Insights?
    /// The student's files as they were when read back; `nil`: made before this was looked at.
    public var forms: [FormResult]?
    /// The most memory that a process of the job held at once, mapped images included; `nil`: not known.
    public var peakMemoryBytes: Int?
    /// What the machine's processors took while the job ran, in joules; `nil`: nothing here measures it.
    public var energyJoules: Double?
    /// The last job before this one on the same data; `nil`: none is known.
    public var previous: PreviousJob?
    /// `nil`: no integers were asked for, or the report is of an earlier version.
    public var quantization: QuantizationResult?
    /// In the manifest's order; `nil`: made before this was kept.
    public var teachers: [TeacherStanding]?
    /// How the teacher was chosen; `nil`: nothing was to be chosen.
    public var audition: AuditionResult?
    /// What was tried before the student was kept; `nil`: nothing was.
    public var tuning: TuningRecord?
    /// All students that were trained to the end, where there are several to choose from; `nil`: there was one.
    public var students: [StudentPoint]?
    /// What the job's folder holds besides this report.
    public var files: [OutputFile]
    /// The job with every default filled in.
    public var job: JobSpec
    /// The same as YAML: the text of `job.yaml`.
    public var manifest: String
    /// What the user should know before trusting the figures; plain sentences.
    public var warnings: [String]

    public init(
        jobID: String, name: String, started: Date, finished: Date, seconds: Double, version: String,
        machine: Machine, data: DataSummary, models: ModelResults, epochs: [EpochRecord], mistakes: [Mistake] = [],
        insights: Insights? = nil, files: [OutputFile] = [], job: JobSpec, manifest: String, warnings: [String] = []
    ) {
        schemaVersion = Self.currentSchemaVersion
        self.jobID = jobID
        self.name = name
        self.started = started
        self.finished = finished
        self.seconds = seconds
        self.version = version
        self.machine = machine
        verdict = Verdict(models: models, answeredBy: data.answeredBy)
        self.data = data
        self.models = models
        self.epochs = epochs
        self.mistakes = mistakes
        self.insights = insights
        self.files = files
        self.job = job
        self.manifest = manifest
        self.warnings = warnings
    }
}

/// Where the job ran; latencies and throughputs mean nothing without it.
public struct Machine: Codable, Sendable, Equatable {
    /// As the processor names itself: `AMD EPYC 7763 64-Core Processor`.
    public var processor: String
    /// Of the kernels in use: `avx512`, `avx2`, `scalar`.
    public var isa: String
    /// Threads the job trained with.
    public var threads: Int

    public init(processor: String, isa: String, threads: Int) {
        self.processor = processor
        self.isa = isa
        self.threads = threads
    }
}

/// A file in the job's folder.
public struct OutputFile: Codable, Sendable, Equatable {
    /// Relative to the job's folder.
    public var name: String
    public var bytes: Int
    /// What it is for, in a few words.
    public var purpose: String

    public init(name: String, bytes: Int, purpose: String) {
        self.name = name
        self.bytes = bytes
        self.purpose = purpose
    }
}

/// An image of the test split the student is wrong about.
public struct Mistake: Codable, Sendable, Equatable {
    /// In the dataset, as its user knows it.
    public var path: String
    /// Class index of the true label.
    public var label: Int
    /// Class index the student answered.
    public var predicted: Int
    /// The student's probability of its wrong answer.
    public var probability: Double
    /// Class index the teacher answered.
    public var teacherPredicted: Int?
    /// A thumbnail as a `data:image/png;base64,` or `data:image/jpeg;base64,` URI.
    public var image: String?
    /// The same with what the student, and the teacher, looked at for their answers, as such URIs; `nil`: not known.
    public var studentView, teacherView: String?

    public init(
        path: String, label: Int, predicted: Int, probability: Double, teacherPredicted: Int?, image: String?
    ) {
        self.path = path
        self.label = label
        self.predicted = predicted
        self.probability = probability
        self.teacherPredicted = teacherPredicted
        self.image = image
    }

    /// `bytes`: of a PNG or JPEG file, `type` its media type (`image/png`, `image/jpeg`).
    public static func dataURI(_ bytes: [UInt8], type: String = "image/png") -> String {
        "data:\(type);base64,\(Data(bytes).base64EncodedString())"
    }
}
