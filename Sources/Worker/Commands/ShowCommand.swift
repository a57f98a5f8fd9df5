import Foundation
import Manifests
import Reporting

/// `distilld show`: a finished job's figures in a table.
public struct ShowCommand {
    private let folder: String

    /// - Parameter folder: of the job, in the outbox.
    public init(folder: String) { self.folder = folder }

    /// - Throws: `JobFailure`: the failure of a job that failed, or that the folder holds no job.
    public func run(print: (String) -> Void) throws {
        let base = URL(fileURLWithPath: folder, isDirectory: true)
        if let data = try? Data(contentsOf: base.appendingPathComponent("error.json")) {
            let record = try JSONDecoder().decode(Failed.self, from: data)
            throw JobFailure(
                code: record.code, what: record.what, location: record.location, fix: record.fix,
                details: record.details)
        }
        guard let data = try? Data(contentsOf: base.appendingPathComponent("report.json")) else {
            throw JobFailure(
                code: "show.missing", what: "\(folder) holds no report.json", location: folder,
                fix: "name the folder of a finished job, such as Outbox/NAME-20261124-105312")
        }
        let report = try JobReport(encoded: data)
        print(report.verdict.sentence)
        print("")
        print(row("", "accuracy", "95% interval", "parameters", "size", "one image", "images/s"))
        for model in report.models.all {
            let interval = model.testInterval95
            print(
                row(
                    "\(model.role.rawValue) (\(model.model))", String(format: "%.1f%%", model.testAccuracy * 100),
                    String(format: "%.1f ... %.1f", interval.lower * 100, interval.upper * 100),
                    "\(model.parameters)", String(format: "%.0f KiB", Double(model.fileBytes) / 1024),
                    String(format: "%.2f ms", model.latencyMilliseconds), String(format: "%.0f", model.imagesPerSecond))
            )
        }
        print("")
        print(
            String(format: "took %.0f s; ", report.seconds)
                + "report: \(base.appendingPathComponent("report.html").path)")
    }

    private struct Failed: Decodable {
        var code, what, fix: String
        var location: String?
        var details: [String]
    }

    private func row(_ cells: String...) -> String {
        let widths = [24, 9, 15, 11, 10, 10, 9]
        return zip(cells, widths).enumerated().map { index, cell in
            let padding = String(repeating: " ", count: max(cell.1 - cell.0.count, 0))
            return index == 0 ? cell.0 + padding : padding + cell.0
        }.joined(separator: " ")
    }
}
