import Foundation
import FoundationXML
import Ledger
import Manifests
import Testing

@testable import Daemon
@testable import StatusServer

/// What the pages show.
@Suite struct PageTests {
    private static let evil = "<script>alert(1)</script>\"'&"

    @Test func theOverviewShowsWhatRunsAndWaits() async throws {
        let page = try PageBench(
            worker: "suspendable\nstage teacher 10; epoch teacher 1 10; epoch teacher 2 10\nawait go\nfinish")
        let bench = page.bench
        try bench.dropDataset()
        try bench.dropManifest("tiny.job.yaml")
        try await bench.serving {
            _ = try await bench.awaitJob("it runs") { $0.workerPID != nil }
            try await eventually("it trains") { try await bench.client.status().running.first?.progress?.epoch == 2 }
            try bench.dropManifest("next.job.yaml")
            try bench.dropManifest("lost.job.yaml", dataset: "nowhere")
            try await eventually("all is seen") { try await bench.notes().count == 1 }
            _ = try await bench.awaitJob("the next is queued") { $0.name == "next" }
            try await page.serving { visitor in
                let text = try await visitor.get("/").text
                let id = try #require(try await bench.jobs().first?.id)
                #expect(text.contains("<a href=\"/jobs/\(id)\">"))
                #expect(text.contains("teacher, epoch 2 of 10, 71.2% right"))
                #expect(text.contains("Accuracy by epoch") && text.contains("<path class=\"line "))
                #expect(text.contains("waiting for nowhere"))
                #expect(text.contains("<dd class=\"figure\">1 running</dd><dd class=\"note\">1 queued</dd>"))
                let job = try await visitor.get("/jobs/\(id)").text
                #expect(job.contains("<progress aria-label=\"teacher of \(id)\" value=\"2\" max=\"10\">"))
                #expect(job.contains("worker started as process"))
            }
            try bench.allow()
            _ = try await bench.awaitJobs(2)
        }
    }

    @Test func namesOfUsersCannotBecomeMarkup() async throws {
        let page = try PageBench()
        var job = PageBench.job("tiny-1", name: Self.evil, summary: Self.evil, dataset: Self.evil)
        job.note = Self.evil
        job.manifestName = Self.evil
        try await page.book([job, PageBench.job("tiny-2", .queued, name: Self.evil, dataset: Self.evil)])
        try writeFile(Self.evil, page.bench.outbox("tiny-1/<b>name.txt"))
        try writeFile(Self.evil, page.bench.outbox("tiny-1/log.txt"))
        try await page.serving { visitor in
            let query = FormFields.encoded(Self.evil)
            for path in ["/", "/history", "/history?q=\(query)&state=\(query)", "/jobs/tiny-1", "/jobs/tiny-2"] {
                let answer = try await visitor.get(path)
                #expect(answer.status == 200, "\(path)")
                #expect(!answer.text.contains("<script>alert"), "\(path)")
                #expect(!answer.text.contains("<b>name"), "\(path)")
                // Only the page's own script, from this server.
                #expect(answer.text.components(separatedBy: "<script").count == 2, "\(path)")
            }
            let missing = try await visitor.get("/jobs/\(query)", ["Accept": "text/html"])
            #expect(missing.status == 404 && !missing.text.contains("<script>alert"))
        }
    }

    @Test func everyPageIsWellFormedAndLoadsNothingFromElsewhere() async throws {
        let page = try PageBench()
        try await page.book([
            PageBench.job("tiny-1", .failed, summary: "no"), PageBench.job("tiny-2", .cancelled),
            PageBench.job("tiny-3", .queued), PageBench.job("tiny-4"),
        ])
        try await page.serving { visitor in
            for path in ["/", "/history", "/jobs/tiny-1", "/jobs/tiny-2", "/jobs/tiny-3", "/jobs/none"] {
                let answer = try await visitor.get(path, ["Accept": "text/html"])
                let body = answer.text.replacingOccurrences(of: "<!DOCTYPE html>", with: "")
                let parser = XMLParser(data: Data(body.utf8))
                #expect(
                    parser.parse(), "\(path): \(parser.parserError.map { "\($0)" } ?? "") line \(parser.lineNumber)")
                #expect(!answer.text.contains("http://") && !answer.text.contains("https://"), "\(path)")
                #expect(answer.text.components(separatedBy: "<h1").count == 2, "one heading of the page: \(path)")
                let ids = answer.text.components(separatedBy: " id=\"").dropFirst().map { $0.prefix { $0 != "\"" } }
                #expect(Set(ids).count == ids.count, "identifiers are unique: \(path)")
            }
        }
    }

    @Test func theHistoryIsSearched() async throws {
        let page = try PageBench()
        var jobs = (1...60).map { PageBench.job("digits-\($0)", minutesAgo: Double(100 - $0)) }
        jobs.append(PageBench.job("birds-1", .failed, summary: "100% of the images are broken"))
        try await page.book(jobs)
        try await page.serving { visitor in
            let first = try await visitor.get("/history").text
            #expect(first.contains("61 jobs") && first.contains("Page 1 of 2") && first.contains("birds-1"))
            #expect(!first.contains("href=\"/jobs/digits-2\""))
            #expect(try await visitor.get("/history?page=2").text.contains("href=\"/jobs/digits-2\""))
            let failed = try await visitor.get("/history?state=failed").text
            #expect(failed.contains(">1 job<") && !failed.contains("digits-60"))
            // A sign that LIKE reads as any text stands for itself.
            #expect(try await visitor.get("/history?q=100%25").text.contains(">1 job<"))
            #expect(try await visitor.get("/history?q=0%25of").text.contains("No job matches."))
        }
    }

    @Test func changesAreSentAsTheyCome() async throws {
        let page = try PageBench(
            worker: "suspendable\nstage teacher 10; await go\nepoch teacher 7 10\nawait end\nfinish")
        let bench = page.bench
        try bench.dropDataset()
        try bench.dropManifest("tiny.job.yaml")
        try await bench.serving {
            let job = try await bench.awaitJob("it runs") { $0.workerPID != nil }
            try await page.serving { visitor in
                for path in ["/events", "/jobs/\(job.id)/events"] {
                    let connection = try Connection(port: visitor.port)
                    try connection.write(Visitor.request("GET", path, [:]))
                    let head = try await Visitor.onThread { try connection.read(until: "\"id\":\"live-") }
                    #expect(head.contains("text/event-stream"))
                    try bench.allow()
                    _ = try await Visitor.onThread { try connection.read(until: "epoch 7 of 10") }
                }
            }
            try bench.allow("end")
            _ = try await bench.awaitJobs(1)
        }
    }
}
