import Foundation
import Reporting

/// Reports of finished jobs, among which the last one on the same data is looked for.
struct PreviousReports {
    /// Reports are large: no more than these are opened.
    private static let most = 20

    /// The latest first.
    let folders: [String]

    /// Folders below `path` with a report in them, the latest first.
    static func folders(in path: String) -> [String] {
        let files = FileManager.default
        let names = (try? files.contentsOfDirectory(atPath: path)) ?? []
        let dated = names.filter { !$0.hasPrefix(".") }.compactMap { name -> (path: String, date: Date)? in
            let folder = "\(path)/\(name)"
            let attributes = try? files.attributesOfItem(atPath: "\(folder)/report.json")
            return (attributes?[.modificationDate] as? Date).map { (folder, $0) }
        }
        return dated.sorted { $0.date > $1.date }.prefix(most).map(\.path)
    }

    /// `nil` where none is of the same data, or can be read: the job does not fail for want of a comparison.
    func last(before report: JobReport) -> PreviousJob? {
        for folder in folders.prefix(Self.most) {
            guard let data = FileManager.default.contents(atPath: "\(folder)/report.json"),
                let earlier = try? JobReport(encoded: data)
            else { continue }
            if let previous = PreviousJob(earlier, comparedWith: report) { return previous }
        }
        return nil
    }
}
