import Foundation
import Manifests
import Testing

@testable import Daemon

/// Folders that are away, full or closed for a while.
@Suite struct TroubleTests {
    @Test func anOutboxThatIsAwayForAWhileIsWaitedFor() async throws {
        let bench = try Bench(worker: "suspendable; await go; finish")
        try bench.dropDataset()
        try bench.dropManifest()
        try await bench.serving {
            try await eventually("it runs") { bench.runs.count == 1 }
            try FileManager.default.moveItem(atPath: bench.config.outbox, toPath: bench.root["away"])
            try bench.allow()
            let job = try await bench.awaitJob("it says what is wrong") { $0.note != nil }
            #expect(job.note?.hasPrefix("The daemon cannot move") == true, "\(job.note ?? "")")
            #expect(!job.state.isFinal)
            try FileManager.default.moveItem(atPath: bench.root["away"], toPath: bench.config.outbox)
            let ended = try await bench.awaitJob()
            #expect(ended.state == .done)
            #expect(ended.note == nil)
            #expect(bench.outbox == [job.id])
            #expect(bench.runs.count == 1, "what was trained is not trained again")
        }
        bench.expectTidy()
    }

    @Test(.enabled(if: geteuid() != 0, "root may write where nobody may"))
    func anOutboxThatMayNotBeWrittenIsWaitedFor() async throws {
        let bench = try Bench()
        try FileManager.default.createDirectory(atPath: bench.config.outbox, withIntermediateDirectories: true)
        try bench.dropDataset()
        try bench.dropManifest()
        chmod(bench.config.outbox, 0o555)
        defer { chmod(bench.config.outbox, 0o755) }
        try await bench.serving {
            let job = try await bench.awaitJob("it says what is wrong") { $0.note != nil }
            #expect(job.note?.contains("Give the daemon's user permission.") == true)
            chmod(bench.config.outbox, 0o755)
            #expect(try await bench.awaitJob().state == .done)
        }
        bench.expectTidy()
    }

    @Test(.enabled(if: geteuid() != 0, "root may move every folder"))
    func aFolderThatMayNotBeMovedIsWaitedFor() async throws {
        let bench = try Bench()
        try bench.dropManifest("tiny/job.yaml", dataset: ".")
        try bench.dropDataset("tiny")
        chmod(bench.inbox("tiny"), 0o555)
        try await bench.serving {
            try await eventually("it says what to do") {
                try await bench.note("tiny/job.yaml")?.hasSuffix("run chmod -R g+w '\(bench.inbox("tiny"))'") == true
            }
            chmod(bench.inbox("tiny"), 0o755)
            #expect(try await bench.awaitJob().state == .done)
        }
        bench.expectTidy()
    }

    @Test func anInputThatCannotBeReturnedAtOnceIsReturnedLater() async throws {
        let bench = try Bench()
        // In the place of the folder for what comes back.
        try bench.dropDataset()
        try writeFile("", bench.inbox(".failed"))
        try bench.dropManifest("tiny.job.yaml", "studnet: x")
        try await bench.serving {
            try await eventually("it is said") { bench.log.contains("Cannot go on just now; it is tried again") }
            let job = try #require(try await bench.jobs().first)
            #expect(job.state == .failed && bench.outbox == [job.id])
            unlink(bench.inbox(".failed"))
            try await eventually("the manifest is back") {
                FileManager.default.fileExists(atPath: bench.inbox(".failed/\(job.id)/tiny.job.yaml"))
            }
        }
        bench.expectTidy()
    }

    @Test func anInboxThatIsAwayForAWhileCostsNoJob() async throws {
        let bench = try Bench(worker: "suspendable; await go; finish")
        try bench.dropDataset()
        try bench.dropManifest("first.job.yaml")
        try await bench.serving {
            try await eventually("it runs") { bench.runs.count == 1 }
            try bench.dropManifest("second.job.yaml")
            let second = try await bench.awaitJob("the second waits") { $0.name == "second" }
            try FileManager.default.moveItem(atPath: bench.config.inbox, toPath: bench.root["away"])
            try await eventually("it is said") { bench.log.contains("Cannot look at the inbox") }
            try bench.allow()
            _ = try await bench.awaitJob("the first has ended") { $0.name == "first" && $0.state == .done }
            let waiting = try await bench.awaitJob("the second is in trouble") { $0.note != nil || $0.hold != nil }
            #expect(waiting.id == second.id)
            try FileManager.default.moveItem(atPath: bench.root["away"], toPath: bench.config.inbox)
            let jobs = try await bench.awaitJobs(2)
            #expect(jobs.allSatisfy { $0.state == .done })
            #expect(jobs.map(\.id).contains(second.id))
        }
        bench.expectTidy()
    }

    @Test func aWorkerProgramThatIsAwayForAWhileIsWaitedFor() async throws {
        let bench = try Bench()
        try bench.dropDataset()
        try bench.dropManifest()
        var tuning = bench.tuning()
        tuning.workerCommand = [bench.root["program"]]
        let daemon = Daemon(config: bench.config, logger: bench.log.logger, tuning: tuning)
        let run = Task { try await daemon.run() }
        let job = try await bench.awaitJob("it says what is wrong") { $0.note != nil }
        #expect(
            job.note
                == "The daemon cannot start \(bench.root["program"]): No such file or directory. It is tried again.")
        try FileManager.default.copyItem(atPath: bench.root["worker.sh"], toPath: bench.root["program"])
        chmod(bench.root["program"], 0o755)
        #expect(try await bench.awaitJob().state == .done)
        daemon.stop()
        try await run.value
        bench.expectTidy()
    }

    @Test func aFolderInTheWayOfTheInboxIsAnErrorAtTheStart() async throws {
        let bench = try Bench()
        try FileManager.default.removeItem(atPath: bench.config.inbox)
        try bench.root.write("a file", to: "Inbox")
        let error = await #expect(throws: FileError.self) { try await bench.daemon().run() }
        #expect(error?.description == "cannot create the folder \(bench.config.inbox): Not a directory")
    }
}
