import Foundation
import Ledger
import Manifests
import Testing

@testable import Daemon
@testable import StatusServer

/// Cancel, retry and upload.
@Suite struct ActionTests {
    @Test func aJobIsCancelledAndTriedAgain() async throws {
        let page = try PageBench(worker: "suspendable\nstage teacher 10; await go\nfinish")
        let bench = page.bench
        try bench.dropDataset()
        try bench.dropManifest("tiny.job.yaml")
        try await bench.serving {
            let job = try await bench.awaitJob("it runs") { $0.workerPID != nil }
            try await page.serving { visitor in
                let token = try await visitor.formToken()
                for (form, headers) in [
                    ("", [:]), ("token=wrong", [:]), ("token=\(token)", ["Sec-Fetch-Site": "cross-site"]),
                ] {
                    #expect(try await visitor.post("/jobs/\(job.id)/cancel", form, headers).status == 403)
                }
                #expect(try await bench.jobs()[0].isCancelRequested == false)
                let answer = try await visitor.post("/jobs/\(job.id)/cancel", "token=\(token)")
                #expect(answer.status == 303 && answer.headers["location"] == "/jobs/\(job.id)?said=cancel")
                _ = try await bench.awaitJob("it is cancelled") { $0.state == .cancelled }
                let again = try await visitor.post("/jobs/\(job.id)/cancel", "token=\(token)")
                #expect(again.status == 409 && again.text.contains("it is cancelled"))

                try bench.allow()
                let retried = try await visitor.post("/jobs/\(job.id)/retry", "token=\(token)")
                #expect(retried.status == 303)
                let done = try await bench.awaitJob("another is done") { $0.state == .done }
                #expect(retried.headers["location"] == "/jobs/\(done.id)?said=retry" && done.retryOf == job.id)
                #expect(try await visitor.post("/jobs/nothing/cancel", "token=\(token)").status == 404)
            }
        }
    }

    @Test func filesAreTakenWhole() async throws {
        let page = try PageBench()
        try await page.book([])
        try await page.serving { visitor in
            let headers = ["X-Distilld-Token": try await visitor.formToken()]
            let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let put = try await visitor.send("PUT", "/inbox/a%20b.zip", headers, body: bytes)
            #expect(put.status == 201, "\(put.text)")
            let got = try Data(contentsOf: URL(fileURLWithPath: page.bench.inbox("a b.zip")))
            #expect(Array(got) == bytes)
            let again = try await visitor.send("PUT", "/inbox/a%20b.zip", headers, body: [1])
            #expect(again.status == 409 && again.text.contains("There is a a b.zip in the inbox already"))
            #expect(try await visitor.send("PUT", "/inbox/b.zip", body: [1]).status == 403)
            for name in ["..%2fx.zip", "%2e%2e", ".x.zip", "x.zip.part", "x.exe", "x%0a.zip"] {
                let answer = try await visitor.send("PUT", "/inbox/\(name)", headers, body: [1])
                #expect([404, 422].contains(answer.status), "\(name): \(answer.status)")
            }
            #expect(names(page.bench.config.inbox) == ["a b.zip"])
        }
    }

    @Test func whatBreaksOffLeavesNothing() async throws {
        let page = try PageBench()
        try await page.book([])
        try await page.serving { visitor in
            let token = try await visitor.formToken()
            do {
                let connection = try Connection(port: visitor.port)
                let headers = ["X-Distilld-Token": token, "Content-Length": "1000"]
                try connection.write(Visitor.request("PUT", "/inbox/half.zip", headers) + [1, 2, 3])
                try await eventually("it has begun") { !names(page.bench.config.inbox).isEmpty }
                #expect(!exists(page.bench.inbox("half.zip")))
            }
            try await eventually("nothing is left") { names(page.bench.config.inbox).isEmpty }
        }
        try page.bench.drop("x", as: ".distilld-upload-1.part")
        try InboxUpload.removeLeftovers(in: page.bench.config.inbox)
        #expect(names(page.bench.config.inbox).isEmpty)
    }
}
