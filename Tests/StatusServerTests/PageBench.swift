import Foundation
import Ledger
import Manifests
import ServiceLifecycle
import Synchronization
import Testing

@testable import Daemon
@testable import StatusServer

/// A status page on a bench, with or without its daemon.
struct PageBench {
    let bench: Bench

    init(worker: String = "finish", _ change: (inout DaemonConfig) -> Void = { _ in }) throws {
        bench = try Bench(worker: worker) { config in
            config.http.port = 0
            change(&config)
        }
    }

    /// Serves the page while `body` runs.
    func serving<Value>(_ body: (Visitor) async throws -> Value) async throws -> Value {
        let port = Mutex<Int?>(nil)
        let page = StatusPage(config: bench.config, version: "1.2.3", logger: bench.log.logger) { served in
            port.withLock { $0 = served }
        }
        let run = Task { try await page.run() }
        var found: Int?
        try await eventually("the page is served") {
            found = port.withLock { $0 }
            return found != nil
        }
        let result: Result<Value, any Error>
        do { result = .success(try await body(Visitor(port: try #require(found)))) } catch { result = .failure(error) }
        run.cancel()
        _ = await run.result
        return try result.get()
    }

    /// Makes a ledger with these jobs, as a daemon leaves it.
    func book(_ jobs: [JobRecord]) async throws {
        for folder in [bench.config.state, bench.config.outbox, bench.state.control] {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        }
        let ledger = try Ledger(path: bench.state.ledger)
        try await ledger.add(jobs)
        try ledger.close()
    }

    static func job(
        _ id: String, _ state: JobState = .done, name: String? = nil, summary: String? = nil,
        dataset: String = "shapes",
        minutesAgo: Double = 1
    ) -> JobRecord {
        let end = Date(timeIntervalSinceNow: -60 * minutesAgo)
        var job = JobRecord(
            id: id, name: name ?? id, createdAt: end.addingTimeInterval(-30), manifestName: "\(id).job.yaml",
            datasetName: dataset, source: .manifest, sourcePath: "/inbox/\(id).job.yaml", fingerprint: "0")
        job.state = state
        job.summary = summary
        if state != .queued { job.startedAt = end.addingTimeInterval(-20) }
        if state.isFinal { job.finishedAt = end }
        return job
    }
}

extension Visitor {
    /// The page's own token, as a form of it has it.
    func formToken(_ path: String = "/") async throws -> String {
        let text = try await get(path).text
        let range = try #require(text.firstRange(of: "data-token=\""))
        return String(text[range.upperBound...].prefix { $0 != "\"" })
    }
}
