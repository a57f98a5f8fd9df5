import Manifests

/// Finished jobs side by side: what `distilld compare --json` prints.
public struct JobComparison: Encodable, Sendable {
    public struct Job: Encodable, Sendable {
        public var jobID: String
        /// The student's preset, with its width where that is not 1.
        public var student: String
        public var accuracy: Double
        public var interval95: Interval
        public var teacherAccuracy: Double
        public var baselineAccuracy: Double?
        public var parameters, fileBytes: Int
        public var latencyMilliseconds, seconds: Double
    }

    /// A key of the manifest whose values differ; `nil`: the job's manifest does not have it.
    public struct Setting: Encodable, Sendable {
        public var key: String
        public var values: [String?]
    }

    public var jobs: [Job]
    public var settings: [Setting]
    /// Why figures of these jobs may not be held against each other.
    public var notes: [String]

    public init(_ reports: [JobReport]) {
        jobs = reports.map { report in
            let student = report.models.student
            let width = student.width == 1 ? "" : " x \(student.width)"
            return Job(
                jobID: report.jobID, student: student.model + width, accuracy: student.testAccuracy,
                interval95: student.testInterval95, teacherAccuracy: report.models.teacher.testAccuracy,
                baselineAccuracy: report.models.baseline?.testAccuracy, parameters: student.parameters,
                fileBytes: student.fileBytes, latencyMilliseconds: student.latencyMilliseconds,
                seconds: report.seconds)
        }
        settings = Self.differences(reports.map(\.job))
        notes = []
        if Set(reports.map(\.data.contentHash)).count > 1 {
            notes.append("The datasets differ, so the accuracies are of different test images.")
        }
        if Set(reports.map { "\($0.machine.processor) \($0.machine.isa) \($0.machine.threads)" }).count > 1 {
            notes.append("The jobs ran on different machines or threads, so their times do not compare.")
        }
    }

    /// Keys whose values are not all the same, in the manifests' order.
    static func differences(_ jobs: [JobSpec]) -> [Setting] {
        let settings = jobs.map(\.settings)
        var keys: [String] = []
        for (key, _) in settings.joined() where key != "name" && !keys.contains(key) { keys.append(key) }
        return keys.compactMap { key in
            let values = settings.map { own in own.first { $0.key == key }?.value }
            return Set(values).count > 1 ? Setting(key: key, values: values) : nil
        }
    }
}
