import Foundation
import Ledger
import Manifests
import Testing

@testable import Daemon
@testable import StatusServer

/// Who may do what.
@Suite struct GateTests {
    @Test func otherNamesAreRefused() async throws {
        let page = try PageBench { $0.http.hosts = ["gpu.example"] }
        try await page.book([])
        try await page.serving { visitor in
            for host in ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8765"] {
                let answer = try await visitor.get("/", ["Host": host])
                #expect(answer.status == 421, "\(host)")
            }
            for host in ["localhost:1", "127.0.0.1", "[::1]:8765", "GPU.example", "10.0.0.7:8765"] {
                let answer = try await visitor.get("/", ["Host": host])
                #expect(answer.status == 200, "\(host)")
            }
        }
    }

    @Test func everyAnswerForbidsWhatThePageDoesNotNeed() async throws {
        let page = try PageBench()
        try await page.book([PageBench.job("tiny-1")])
        try writeFile("<script>alert(1)</script>", page.bench.outbox("tiny-1/report.html"))
        try await page.serving { visitor in
            for path in ["/", "/nowhere", "/metrics", "/style.css"] {
                let headers = try await visitor.get(path).headers
                #expect(headers["content-security-policy"]?.hasPrefix("default-src 'none'; style-src 'self'") == true)
                #expect(headers["x-content-type-options"] == "nosniff")
            }
            let report = try await visitor.get("/jobs/tiny-1/files/report.html")
            #expect(report.headers["content-security-policy"]?.hasPrefix("sandbox ") == true)
            #expect(report.headers["content-security-policy"]?.contains("script") == false)
        }
    }

    @Test func theTokenIsAskedFor() async throws {
        let token = "a-token-of-some-length"
        let page = try PageBench { $0.http.token = token }
        try await page.book([])
        try await page.serving { visitor in
            let refused = try await visitor.get("/")
            #expect(refused.status == 401 && refused.headers["www-authenticate"]?.hasPrefix("Basic ") == true)
            #expect(try await visitor.get("/metrics").status == 401)
            #expect(try await visitor.get("/", ["Authorization": "Bearer \(token)x"]).status == 401)
            #expect(try await visitor.get("/metrics", ["Authorization": "Bearer \(token)"]).status == 200)
            let basic = Data("anyone:\(token)".utf8).base64EncodedString()
            #expect(try await visitor.get("/", ["Authorization": "Basic \(basic)"]).status == 200)
            #expect(try await visitor.get("/healthz").status == 200)
        }
    }

    @Test func filesOutsideOfTheFolderAreNotServed() async throws {
        let page = try PageBench()
        try await page.book([PageBench.job("tiny-1")])
        let outbox = page.bench.config.outbox
        try writeFile("fine", "\(outbox)/tiny-1/a b.txt")
        try writeFile("secret", "\(outbox)/secret.txt")
        try FileManager.default.createSymbolicLink(
            atPath: "\(outbox)/tiny-1/link.txt", withDestinationPath: "\(outbox)/secret.txt")
        try await page.serving { visitor in
            #expect(try await visitor.get("/jobs/tiny-1/files/a%20b.txt").text == "fine")
            for path in ["../secret.txt", "%2e%2e/secret.txt", "..%2fsecret.txt", "link.txt", "", "%00", "a%20b.txt/x"]
            {
                let answer = try await visitor.get("/jobs/tiny-1/files/\(path)")
                #expect(answer.status == 404 && !answer.text.contains("secret\n"), "\(path)")
            }
            #expect(try await visitor.get("/jobs/..%2f..%2fetc/files/passwd").status == 404)
        }
    }

    @Test func nothingIsChangedByLooking() async throws {
        let page = try PageBench()
        try await page.book([PageBench.job("tiny-1", .queued)])
        try await page.serving { visitor in
            for path in ["/jobs/tiny-1/cancel", "/jobs/tiny-1/retry", "/inbox/a.zip"] {
                let answer = try await visitor.get(path)
                #expect(answer.status == 404, "\(path)")
            }
            #expect(names(page.bench.state.control).isEmpty)
        }
    }
}
