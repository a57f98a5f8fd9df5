import Foundation
import Manifests
import Reporting
import Testing

/// Writes sample pages to look at: `DISTILLD_SAMPLE_PAGES=FOLDER swift test --filter SamplePages`.
struct SamplePagesTests {
    static let folder = ProcessInfo.processInfo.environment["DISTILLD_SAMPLE_PAGES"]

    @Test(.enabled(if: folder != nil, "DISTILLD_SAMPLE_PAGES names no folder to write to"))
    func writePages() throws {
        let base = URL(fileURLWithPath: try #require(Self.folder), isDirectory: true)
        try FileManager.default.createDirectory(at: base, withIntermediateDirectories: true)
        for (name, report) in SampleReport.all {
            let page = HTMLReport.render(report)
            try Data(page.utf8).write(to: base.appendingPathComponent("\(name).html"))
            try report.encoded().write(to: base.appendingPathComponent("\(name).json"))
            try Data(ModelCard.render(report).utf8).write(to: base.appendingPathComponent("\(name).md"))
            #expect(page.utf8.count < 5_000_000)
        }
        for fit in Fit.allCases {
            for channels in [1, 3] {
                let input = InputSummary(
                    width: 32, height: 24, channels: channels, fit: fit, background: "#204060",
                    mean: [Float](repeating: 0.5, count: channels), std: [Float](repeating: 0.25, count: channels))
                try Data(Preparation(input).python.utf8)
                    .write(to: base.appendingPathComponent("use-\(fit.rawValue)-\(channels).py"))
            }
        }
        let failure = FailureReport.Record(
            JobFailure(
                code: "dataset.unreadable",
                what: "412 of 5,000 images cannot be read, more than maxCorrupt allows (1%)",
                location: "screws.zip", fix: "copy the archive again, or raise maxCorrupt in screws.job.yaml",
                details: ["good/0001.jpg: ends early", "bent/0044.jpg: is empty"]),
            jobID: "screws-20261124-105312", jobName: "screws.job.yaml")
        try Data(FailurePage.render(failure, log: "read: 412 of 5000 images\nfailed\n").utf8)
            .write(to: base.appendingPathComponent("failure.html"))
    }
}
