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
