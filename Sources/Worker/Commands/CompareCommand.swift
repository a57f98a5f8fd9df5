import Foundation
import Manifests
import Reporting

/// `distilld compare`: finished jobs side by side, what their manifests differ in and what came of it.
public struct CompareCommand {
    private let folders: [String]
    private let json: Bool

    /// - Parameter folders: of two or more finished jobs.
    public init(folders: [String], json: Bool) {
        self.folders = folders
        self.json = json
    }

    /// - Throws: `JobFailure` for a folder that holds no finished job.
    public func run(print: (String) -> Void) throws {
        let jobs = try folders.map { try FinishedJob(folder: $0).report }
        let comparison = JobComparison(jobs)
        if json {
            print(JSONText.page(comparison))
            return
        }
        var table = TextTable()
        table.add([""] + comparison.jobs.map(\.jobID))
        for setting in comparison.settings { table.add([setting.key] + setting.values.map { $0 ?? "-" }) }
        if comparison.settings.isEmpty { table.add(["settings"] + jobs.map { _ in "same" }) }
        table.add([])
        for row in rows(comparison.jobs) { table.add(row) }
        for line in table.lines { print(line) }
        for note in comparison.notes { print("\n\(note)") }
    }

    private func rows(_ jobs: [JobComparison.Job]) -> [[String]] {
        func row(_ name: String, _ cell: (JobComparison.Job) -> String) -> [String] { [name] + jobs.map(cell) }
        return [
            row("student") { $0.student },
            row("accuracy") { Figures.percent($0.accuracy) },
            row("95% interval") {
                "\(Figures.fixed($0.interval95.lower * 100, 1)) ... \(Figures.fixed($0.interval95.upper * 100, 1))"
            },
            row("teacher's accuracy") { Figures.percent($0.teacherAccuracy) },
            row("baseline's accuracy") { $0.baselineAccuracy.map { Figures.percent($0) } ?? "-" },
            row("parameters") { Figures.whole($0.parameters) },
            row("file") { Figures.bytes($0.fileBytes) },
            row("one image") { "\(Figures.fixed($0.latencyMilliseconds, 2)) ms" },
            row("took") { ManifestCheck.duration($0.seconds) },
        ]
    }
}

/// What `distilld compare --json` prints.
struct JobComparison: Encodable {
    struct Job: Encodable {
        var jobID: String
        /// The student's preset, with its width where that is not 1.
        var student: String
        var accuracy: Double
        var interval95: Interval
        var teacherAccuracy: Double
        var baselineAccuracy: Double?
        var parameters, fileBytes: Int
        var latencyMilliseconds, seconds: Double
    }

    /// A key of the manifest whose values differ; `nil`: the job's manifest does not have it.
    struct Setting: Encodable {
        var key: String
        var values: [String?]
    }

    var jobs: [Job]
    var settings: [Setting]
    /// Why figures of these jobs may not be held against each other.
    var notes: [String]

    init(_ reports: [JobReport]) {
        jobs = reports.map { report in
            let student = report.models.student
            let width = student.width == 1 ? "" : " x \(Figures.fixed(student.width, 3))"
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
