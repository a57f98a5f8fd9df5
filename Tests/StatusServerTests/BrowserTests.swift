import Foundation
import Ledger
import Manifests
import Testing

@testable import Daemon
@testable import StatusServer

/// The page in a real browser, Debian's Chromium.
@Suite(.serialized, .enabled(if: Browser.isThere, Browser.missing))
struct BrowserTests {
    private func look(
        _ page: PageBench, _ path: String, _ visitor: Visitor,
        until condition: String = "document.readyState == 'complete'"
    ) async throws -> (dom: String, log: String) {
        let look = try await Browser.look(
            at: "http://127.0.0.1:\(visitor.port)\(path)", in: page.bench.root, until: condition)
        return (look.document, look.console)
    }

    @Test func thePageIsLiveAndNothingIsRefused() async throws {
        let page = try PageBench(worker: "suspendable\nstage teacher 10; epoch teacher 2 10\nawait go\nfinish")
        let bench = page.bench
        try bench.dropDataset()
        try bench.dropManifest("tiny.job.yaml")
        try await bench.serving {
            _ = try await bench.awaitJob("it runs") { $0.workerPID != nil }
            try await eventually("it trains") { try await bench.client.status().running.first?.progress?.epoch == 2 }
            try await page.serving { visitor in
                let isLive = "document.querySelector('[role=status]')?.textContent == 'live'"
                let (dom, console) = try await look(page, "/", visitor, until: isLive)
                #expect(dom.contains("teacher, epoch 2 of 10"))
                #expect(console.isEmpty, "\(console)")
            }
            try bench.allow()
            let job = try await bench.awaitJobs(1)[0]
            try await page.serving { visitor in
                for path in ["/history", "/jobs/\(job.id)"] {
                    let (dom, console) = try await look(page, path, visitor)
                    #expect(dom.contains(job.id) && console.isEmpty, "\(path): \(console)")
                }
            }
        }
    }

    @Test func aNameThatIsMarkupDoesNothing() async throws {
        let page = try PageBench()
        let evil = "<img src=x onerror=\"document.title='caught'\"><script>document.title='caught'</script>"
        try await page.book([PageBench.job("tiny-1", name: evil, summary: evil, dataset: evil)])
        try await page.serving { visitor in
            for path in ["/", "/history", "/jobs/tiny-1"] {
                let (dom, _) = try await look(page, path, visitor)
                #expect(!dom.contains("<title>caught") && !dom.contains("<img src=\"x\""), "\(path)")
            }
        }
    }
}
