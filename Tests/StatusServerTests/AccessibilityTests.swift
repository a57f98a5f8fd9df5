import Foundation
import Ledger
import Manifests
import Reporting
import Testing

@testable import Daemon
@testable import StatusServer

/// What axe-core finds on the pages, at the width of a desk and of a phone, light and dark.
@Suite(
    .serialized, .enabled(if: Browser.isThere, Browser.missing), .enabled(if: Axe.script != nil, Axe.missing))
struct AccessibilityTests {
    /// The page with its style in it, since it is looked at as a file.
    private func page(_ path: String, _ visitor: Visitor) async throws -> String {
        let style = try await visitor.get("/style.css").text
        let text = try await visitor.get(path, ["Accept": "text/html"]).text
        return text.replacing("<link rel=\"stylesheet\" href=\"/style.css\" />", with: "<style>\(style)</style>")
            .replacing(/<(link rel="icon"|script src)[^>]*>(<\/script>)?/, with: "")
            .replacing(/<iframe[^>]*><\/iframe>/, with: "")
    }

    private func check(_ pages: [(name: String, text: String)], _ folder: TemporaryFolder) async throws {
        for isDark in [false, true] {
            let results = try await Axe.check(pages, widths: [1200, 390], isDark: isDark, in: folder)
            #expect(results.count == 2 * pages.count)
            for found in results {
                #expect(
                    [1200, 390].contains(found.width) && found.isDark == isDark && found.passes > 10, "\(found.name)")
                #expect(
                    found.serious.isEmpty,
                    "\(found.name), \(found.width) pixels, \(isDark ? "dark" : "light"): \(found.serious)")
            }
        }
    }

    @Test func pages() async throws {
        let page = try PageBench(
            worker: "suspendable\nstage teacher 10; epoch teacher 1 10; epoch teacher 2 10\nawait go\nfinish")
        let bench = page.bench
        try bench.dropDataset()
        try bench.dropManifest("broken.job.yaml", "studnet: x")
        try await bench.serving {
            let failed = try await bench.awaitJobs(1)[0].id
            try bench.dropManifest("tiny.job.yaml")
            try bench.dropManifest("lost.job.yaml", dataset: "nowhere")
            try await eventually("it trains") { try await bench.client.status().running.first?.progress?.epoch == 2 }
            let running = try #require(try await bench.client.status().running.first?.id)
            try await page.serving { visitor in
                var pages: [(name: String, text: String)] = []
                for path in ["/", "/history", "/jobs/\(failed)", "/jobs/\(running)", "/jobs/none"] {
                    pages.append((path, try await self.page(path, visitor)))
                }
                try await check(pages, bench.root)
            }
            try bench.allow()
            _ = try await bench.awaitJobs(2)
        }
    }

    @Test func finishedJobsAndTheirComparison() async throws {
        let page = try PageBench()
        let names = (1...6).map { "tiny-\($0)" }
        try await page.book(names.map { PageBench.job($0, summary: "The student keeps 93% of its teacher.") })
        let kinds = ["ordinary", "again", "teachers", "no-baseline", "hostile", "hundred-classes"]
        for (name, kind) in zip(names, kinds) {
            var report = try #require(SampleReport.all.first { $0.name == kind }).report
            report.jobID = name
            try writeFile(
                String(decoding: try report.encoded(), as: UTF8.self), page.bench.outbox("\(name)/report.json"))
            try writeFile("started\nfinished\n", page.bench.outbox("\(name)/log.txt"))
        }
        try await page.serving { visitor in
            let all = names.map { "job=\($0)" }.joined(separator: "&")
            var pages: [(name: String, text: String)] = []
            for path in ["/jobs/tiny-2", "/compare?job=tiny-1&job=tiny-2", "/compare?\(all)"] {
                let text = try await self.page(path, visitor)
                #expect(text.contains("tiny-2") && !text.contains("<h1>40"), "\(path)")
                pages.append((path, text))
            }
            #expect(pages[0].text.contains("What it learns from") && pages[0].text.contains("Where the student looked"))
            #expect(pages[2].text.contains("F <a href=\"/jobs/tiny-6\">"))
            try await check(pages, page.bench.root)
            // One job is nothing to compare, and seven are too many to see.
            for query in ["job=tiny-1", "\(all)&job=tiny-7"] {
                #expect(try await visitor.get("/compare?\(query)").status == 400, "\(query)")
            }
        }
    }

    /// The check can fail.
    @Test func whatIsHardToUseIsFound() async throws {
        let folder = try TemporaryFolder()
        let page = "<!DOCTYPE html><html><body><img src=\"x.png\"><p style=\"color:#ccc\">pale</p></body></html>"
        let found = try await Axe.check([("odd", page)], widths: [390], isDark: false, in: folder)[0]
        let ids = Set(found.serious.map(\.id))
        #expect(ids.isSuperset(of: ["html-has-lang", "image-alt", "color-contrast"]), "\(found.violations)")
    }
}
