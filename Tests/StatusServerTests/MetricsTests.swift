import Foundation
import Ledger
import Manifests
import Testing

@testable import Daemon
@testable import StatusServer

/// `/metrics`, `/healthz`, `/readyz`, and what is watched by them.
@Suite struct MetricsTests {
    private static let etc = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Etc/monitoring").path

    /// Of Debian's package `prometheus`.
    private static let promtool: String? = {
        let places: [String] = [ProcessInfo.processInfo.environment["DISTILLD_PROMTOOL"] ?? "", "/usr/bin/promtool"]
        return places.first { access($0, X_OK) == 0 }
    }()

    private static func runPromtool(_ arguments: [String], input: String = "") throws -> (code: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(promtool))
        process.arguments = arguments
        let (source, output) = (Pipe(), Pipe())
        process.standardInput = source
        process.standardOutput = output
        process.standardError = output
        try process.run()
        source.fileHandleForWriting.write(Data(input.utf8))
        try source.fileHandleForWriting.close()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: text, as: UTF8.self))
    }

    /// The metrics of a daemon that trains, with a job of each kind.
    private func metrics() async throws -> String {
        let page = try PageBench(worker: "suspendable\nstage teacher 10; epoch teacher 2 10\nawait go\nfinish")
        let bench = page.bench
        try bench.dropDataset()
        try bench.dropManifest("broken.job.yaml", "studnet: x")
        return try await bench.serving {
            _ = try await bench.awaitJobs(1)
            try bench.dropManifest("tiny.job.yaml")
            try await eventually("it trains") { try await bench.client.status().running.first?.progress?.epoch == 2 }
            let text = try await page.serving { visitor in
                #expect(try await visitor.get("/readyz").text == "ready\n")
                let answer = try await visitor.get("/metrics")
                #expect(answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
                return answer.text
            }
            try bench.allow()
            _ = try await bench.awaitJobs(2)
            return text
        }
    }

    @Test func theDaemonIsMeasured() async throws {
        let text = try await metrics()
        for line in [
            "distilld_build_info{version=\"1.2.3\"} 1", "distilld_up 1", "distilld_jobs{state=\"running\"} 1",
            "distilld_jobs_finished_total{state=\"failed\"} 1", "# TYPE distilld_jobs_finished_total counter",
        ] { #expect(text.contains("\n\(line)\n"), "\(line)") }
        #expect(text.contains("distilld_job_accuracy_ratio{job_id=\"tiny-") && text.contains("} 0.712\n"))
        #expect(text.contains("distilld_disk_available_bytes{folder=\"outbox\"} "))
    }

    @Test(.enabled(if: promtool != nil, "promtool is not installed"))
    func promtoolFindsNothingToSay() async throws {
        let checked = try Self.runPromtool(["check", "metrics"], input: try await metrics())
        #expect(checked.code == 0 && checked.output.isEmpty, "\(checked.output)")
        let rules = try Self.runPromtool(["check", "rules", "\(Self.etc)/alerts.yml"])
        #expect(rules.code == 0, "\(rules.output)")
    }

    /// What the dashboard and the rules ask for is what the daemon says.
    @Test func dashboardAndRulesNameMetricsThatThereAre() async throws {
        let text = try await metrics()
        let known = Set(
            text.split(separator: "\n").filter { $0.hasPrefix("# TYPE ") }.map { $0.split(separator: " ")[2] })
        for file in ["grafana.json", "alerts.yml"] {
            let content = try readFile("\(Self.etc)/\(file)")
            let named = content.matches(of: /\b(?:distilld|process)_[a-z_]+/).map(\.output)
            #expect(named.count >= 8, "\(file)")
            for name in named { #expect(known.contains(name), "\(file): \(name)") }
        }
        let dashboard = try JSONSerialization.jsonObject(with: Data(readFile("\(Self.etc)/grafana.json").utf8))
        #expect((dashboard as? [String: Any])?["uid"] as? String == "distilld")
    }

    @Test func withoutADaemonItIsNotReady() async throws {
        let page = try PageBench()
        try await page.book([])
        try await page.serving { visitor in
            #expect(try await visitor.get("/healthz").text == "ok\n")
            let answer = try await visitor.get("/readyz")
            #expect(answer.status == 503 && answer.text == "the daemon is not running\n")
            #expect(try await visitor.get("/metrics").text.contains("\ndistilld_up 0\n"))
        }
    }

    @Test func labelsAreEscaped() {
        var text = MetricsText()
        text.add("a_bytes", .gauge, "One\nline \\ two.", [(labels: [("x", "q\"b\\n\nl")], value: .infinity)])
        text.add("none", .gauge, "Not there.", nil)
        #expect(
            text.text
                == "# HELP a_bytes One\\nline \\\\ two.\n# TYPE a_bytes gauge\na_bytes{x=\"q\\\"b\\\\n\\nl\"} +Inf\n")
    }
}
