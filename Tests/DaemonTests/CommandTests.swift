import Foundation
import Ledger
import Manifests
import Testing

@testable import Daemon

/// Cancelling and trying again.
@Suite struct CommandTests {
    /// Runs `body` with a job that runs until it is stopped, and the identifier of that job.
    private func withRunningJob(
        worker: String = "suspendable; await go; finish", _ body: (Bench, String) async throws -> Void
    ) async throws {
        let bench = try Bench(worker: worker) { $0.stopSeconds = 0.5 }
        try bench.dropDataset()
        try bench.dropManifest()
        try await bench.serving {
            let job = try await bench.awaitJob("it runs") { $0.workerPID != nil }
            try await body(bench, job.id)
        }
        bench.expectTidy()
    }

    @Test func aRunningJobIsCancelled() async throws {
        try await withRunningJob { bench, id in
            #expect(try await bench.client.cancel("tiny") == "Stopping \(id).")
            let job = try await bench.awaitJob()
            #expect(job.state == .cancelled)
            #expect(job.summary == "Cancelled by the user while it ran.")
            #expect(bench.outbox.isEmpty)
            #expect(names(bench.inbox(".failed/\(id)")) == ["tiny.job.yaml"])
            #expect(names(bench.state.archived(id)) == ["log.txt"])
        }
    }

    @Test func aWorkerThatDoesNotListenIsKilled() async throws {
        try await withRunningJob(worker: "trap '' TERM; await never") { bench, id in
            _ = try await bench.client.cancel(id)
            #expect(try await bench.awaitJob().state == .cancelled)
        }
    }

    @Test func aJobThatFinishesAllTheSameIsPublished() async throws {
        try await withRunningJob(worker: "trap 'finish' TERM; await never") { bench, id in
            _ = try await bench.client.cancel(id)
            #expect(try await bench.awaitJob().state == .done)
            #expect(bench.outbox == [id])
        }
    }

    @Test func aCancelFileEndsARunningJob() async throws {
        try await withRunningJob { bench, id in
            try bench.drop("", as: "tiny.cancel")
            #expect(try await bench.awaitJob().state == .cancelled)
            try await eventually("the file is gone") { !exists(bench.inbox("tiny.cancel")) }
        }
    }

    @Test func aCancelFileEndsAJobThatWaitsForItsDataset() async throws {
        let bench = try Bench()
        try bench.dropManifest(dataset: "never")
        try await bench.serving {
            try await eventually("it waits") { try await bench.note("tiny.job.yaml") == "waiting for never" }
            try bench.drop("", as: "tiny.cancel")
            let job = try await bench.awaitJob()
            #expect(job.state == .cancelled)
            #expect(!exists(bench.inbox("tiny.job.yaml")))
            #expect(names(bench.inbox(".failed/\(job.id)")) == ["tiny.job.yaml"])
        }
        bench.expectTidy()
    }

    @Test func aCancelFileThatMeansNothingIsSaidToMeanNothing() async throws {
        let bench = try Bench()
        try bench.drop("", as: "nobody.cancel")
        try await bench.serving {
            try await eventually("the file is gone") { !exists(bench.inbox("nobody.cancel")) }
            #expect(bench.log.contains("Nothing to cancel"))
        }
    }

    @Test func aQueuedJobIsCancelled() async throws {
        try await withRunningJob { bench, _ in
            try bench.dropManifest("second.job.yaml")
            let id = try await bench.awaitJob("the second waits") { $0.name == "second" }.id
            #expect(try await bench.client.cancel("second.job.yaml") == "Cancelled \(id).")
            let job = try await bench.awaitJob("it has ended") { $0.id == id && $0.state.isFinal }
            #expect(job.state == .cancelled)
            #expect(names(bench.inbox(".failed/\(id)")) == ["second.job.yaml"])
            #expect(bench.runs.count == 1)
            try bench.allow()
            _ = try await bench.awaitJobs(2)
        }
    }

    @Test func aFailedJobIsTriedAgainAsItIsNow() async throws {
        let bench = try Bench()
        try bench.dropDataset()
        try bench.dropManifest("tiny.job.yaml", "seed: none")
        try await bench.serving {
            let failed = try await bench.awaitJob()
            #expect(failed.state == .failed)
            try bench.dropManifest(".failed/\(failed.id)/tiny.job.yaml", "seed: 7")
            let answer = try await bench.client.retry("tiny")
            let job = try await bench.awaitJob("the second try has ended") {
                $0.retryOf == failed.id && $0.state.isFinal
            }
            #expect(answer == "Queued again as \(job.id).")
            #expect(job.state == .done)
            #expect(job.id != failed.id)
            #expect(bench.outbox == [failed.id, job.id].sorted())
            #expect(names(bench.inbox(".failed")).isEmpty, "the folder it had lain in")
            #expect(names(bench.state.archived(job.id)) == ["tiny.job.yaml"])
        }
        bench.expectTidy()
    }

    @Test func aFolderIsTriedAgainFromTheArchive() async throws {
        let bench = try Bench(worker: "if [ -e $bench/go ]; then finish; else failed; fi") {
            $0.afterFailure = .archive
        }
        try bench.dropManifest("tiny/job.yaml", dataset: ".")
        try bench.dropDataset("tiny")
        try await bench.serving {
            let failed = try await bench.awaitJob()
            #expect(try bench.failure(failed.id).code == "training.diverged")
            #expect(names(bench.state.archived(failed.id)) == ["tiny"])
            try bench.allow()
            _ = try await bench.client.retry(failed.id)
            let job = try await bench.awaitJob("the second try has ended") {
                $0.retryOf == failed.id && $0.state.isFinal
            }
            #expect(job.state == .done)
            #expect(names(bench.state.archive) == [job.id])
        }
        bench.expectTidy()
    }

    @Test func refusalsSayWhy() async throws {
        let bench = try Bench()
        try bench.dropDataset()
        try bench.dropManifest()
        func refusal(_ body: () async throws -> String) async -> String {
            do { return "not refused: \(try await body())" } catch { return "\(error)" }
        }
        #expect(await refusal { try await bench.client.cancel("tiny") }.contains("is not running. Start it"))
        try await bench.serving {
            let id = try await bench.awaitJob().id
            #expect(await refusal { try await bench.client.cancel("tiny") } == "Cannot cancel \(id): it is done.")
            #expect(await refusal { try await bench.client.retry("tiny") } == "Cannot retry \(id): it is done.")
            #expect(await refusal { try await bench.client.cancel("other") }.hasPrefix("There is no job \"other\"."))
            try bench.dropManifest("broken.job.yaml", "seed: none")
            let broken = try await bench.awaitJob("it has failed") { $0.state == .failed }
            try FileManager.default.removeItem(atPath: bench.inbox(".failed/\(broken.id)"))
            #expect(await refusal { try await bench.client.retry("broken") }.contains("drop it into the inbox again"))
        }
    }
}
