import Foundation
import Manifests
import Reporting

/// A job's folder in the outbox.
struct FinishedJob {
    let folder: URL
    let report: JobReport

    /// - Throws: `JobFailure`: the failure of a job that failed, or that the folder holds no job; an error of decoding.
    init(folder path: String) throws {
        folder = URL(fileURLWithPath: path, isDirectory: true)
        if let data = try? Data(contentsOf: folder.appendingPathComponent("error.json")) {
            let record = try JSONDecoder().decode(Failed.self, from: data)
            throw JobFailure(
                code: record.code, what: record.what, location: record.location, fix: record.fix,
                details: record.details)
        }
        guard let data = try? Data(contentsOf: folder.appendingPathComponent("report.json")) else {
            throw JobFailure(
                code: "show.missing", what: "\(path) holds no report.json", location: path,
                fix: "name the folder of a finished job, such as Outbox/NAME-20261124-105312")
        }
        report = try JobReport(encoded: data)
    }

    private struct Failed: Decodable {
        var code, what, fix: String
        var location: String?
        var details: [String]
    }
}

/// Columns of text, the first to the left and the others to the right.
struct TextTable {
    private var rows: [[String]] = []

    mutating func add(_ cells: [String]) { rows.append(cells) }

    var lines: [String] {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
        return rows.map { row in
            row.enumerated().map { index, cell in
                let padding = String(repeating: " ", count: widths[index] - cell.count)
                return index == 0 ? cell + padding : padding + cell
            }.joined(separator: "  ")
        }
    }
}
