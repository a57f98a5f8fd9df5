import Foundation
import Reporting

/// `distilld show`: a finished job's figures in a table.
public struct ShowCommand {
    private let folder: String
    private let json: Bool

    /// - Parameters:
    ///   - folder: of the job, in the outbox.
    ///   - json: prints `report.json` as it is read.
    public init(folder: String, json: Bool = false) {
        self.folder = folder
        self.json = json
    }

    /// - Throws: `JobFailure`: the failure of a job that failed, or that the folder holds no job.
    public func run(print: (String) -> Void) throws {
        let job = try FinishedJob(folder: folder)
        let report = job.report
        if json {
            print(String(decoding: try report.encoded(), as: UTF8.self))
            return
        }
        print(report.verdict.sentence)
        print("")
        var table = TextTable()
        table.add(["", "accuracy", "95% interval", "parameters", "size", "one image", "images/s"])
        for model in report.models.all {
            let interval = model.testInterval95
            table.add([
                "\(model.role.rawValue) (\(model.model))", Figures.percent(model.testAccuracy),
                "\(Figures.fixed(interval.lower * 100, 1)) ... \(Figures.fixed(interval.upper * 100, 1))",
                "\(model.parameters)", String(format: "%.0f KiB", Double(model.fileBytes) / 1024),
                "\(Figures.fixed(model.latencyMilliseconds, 2)) ms", Figures.fixed(model.imagesPerSecond, 0),
            ])
        }
        for line in table.lines { print(line) }
        print("")
        print(
            "took \(Figures.fixed(report.seconds, 0)) s; "
                + "report: \(job.folder.appendingPathComponent("report.html").path)")
    }
}
