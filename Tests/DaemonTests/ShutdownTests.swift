import Foundation
import Ledger
import Manifests
import Testing

@testable import Daemon

/// A daemon that stops, and goes on at its next start.
@Suite struct ShutdownTests {
    @Test func aJobIsSuspendedAndGoesOn() async throws {
        let bench = try Bench(
            worker: """
                trap 'echo 1 >"$checkpoints/epoch"; say suspended; exit 75' TERM
                if [ -e "$checkpoints/epoch" ]; then finish; fi
                stage teacher; await never
                """)
        try bench.dropDataset()
        try bench.dropManifest()
        let before = try await bench.serving {
            try await bench.awaitJob("it trains") { $0.workerPID != nil && !bench.runs.isEmpty }
        }
        let suspended = try #require(try await bench.jobs().first)
        #expect(suspended.state == .queued)
        #expect(suspended.isClaimed)
        #expect(suspended.workerPID == nil)
        #expect(bench.outbox.isEmpty)
        let job = try await bench.serving { try await bench.awaitJob() }
        #expect(job.state == .done)
        #expect(job.id == before.id)
        #expect(job.startedAt == before.startedAt)
        #expect(bench.runs == [job.id, job.id])
        bench.expectTidy()
    }

    @Test func aWorkerThatDoesNotListenIsKilledAndItsJobGoesOn() async throws {
        let bench = try Bench(
            worker: """
                trap '' TERM
                if [ "$(wc -l <"$bench/runs")" -gt 1 ]; then finish; fi
                await never
                """
        ) { $0.stopSeconds = 0.3 }
        try bench.dropDataset()
        try bench.dropManifest()
        var asked = ContinuousClock.now
        try await bench.serving {
            try await eventually("it runs") { bench.runs.count == 1 }
            asked = .now
        }
        #expect(ContinuousClock.now - asked < .seconds(8))
        #expect(try await bench.jobs().first?.crashes == 0, "a kill of ours is no crash")
        let job = try await bench.serving { try await bench.awaitJob() }
        #expect(job.state == .done)
        bench.expectTidy()
    }

    @Test func queuedJobsStayQueued() async throws {
        let bench = try Bench(worker: "suspendable; await go; finish")
        try bench.dropDataset()
        for name in ["a", "b"] { try bench.dropManifest("\(name).job.yaml") }
        let ids = try await bench.serving {
            try await eventually("both are queued and one runs") {
                try await bench.jobs().count == 2 && bench.runs.count == 1
            }
            return try await bench.jobs().map(\.id)
        }
        try bench.allow()
        let jobs = try await bench.serving { try await bench.awaitJobs(2) }
        #expect(jobs.map(\.id) == ids)
        #expect(jobs.allSatisfy { $0.state == .done })
        bench.expectTidy()
    }

    @Test func aJobCancelledJustBeforeTheStopStaysCancelled() async throws {
        let bench = try Bench(worker: "suspendable; await go; finish")
        try bench.dropDataset()
        for name in ["a", "b"] { try bench.dropManifest("\(name).job.yaml") }
        try await bench.serving {
            try await eventually("one runs") { try await bench.jobs().count == 2 && bench.runs.count == 1 }
            // The waiting one first: where the running one goes first, it may start in its place.
            for job in try await bench.jobs().reversed() { _ = try await bench.client.cancel(job.id) }
        }
        try bench.allow()
        let jobs = try await bench.serving { try await bench.awaitJobs(2) }
        #expect(jobs.allSatisfy { $0.state == .cancelled })
        #expect(bench.outbox.isEmpty)
        #expect(bench.runs.count == 1)
        bench.expectTidy()
    }

    @Test(arguments: ["state", "inbox"])
    func aSecondDaemonIsRefused(shared: String) async throws {
        let bench = try Bench()
        let other = try TemporaryFolder()
        var config = bench.config
        config.outbox = other["Outbox"]
        if shared == "state" { config.inbox = other["Inbox"] } else { config.state = other["State"] }
        try await bench.serving {
            try await eventually("it serves") { bench.log.contains("Serving") }
            let second = Daemon(config: config, logger: bench.log.logger, tuning: bench.tuning())
            let error = await #expect(throws: FolderLock.Held.self) { try await second.run() }
            #expect(error?.holder == Int(getpid()))
            #expect(error?.description.contains("already serves the \(shared)") == true)
        }
        try await bench.serving { try await eventually("it serves again") { try bench.client.isDaemonRunning() } }
        #expect(try !bench.client.isDaemonRunning())
    }
}
