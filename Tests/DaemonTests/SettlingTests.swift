import Foundation
import Manifests
import Testing

@testable import Daemon

/// What is not taken yet, or not any more.
@Suite struct SettlingTests {
    @Test func aCopyThatRestsAndGoesOnIsTakenWhole() async throws {
        let bench = try Bench { $0.settleSeconds = 0.6 }
        try await bench.serving {
            try bench.drop("half", as: "shapes.zip")
            try bench.dropManifest(dataset: "shapes.zip")
            // It grows within the settle time for longer than the settle time.
            for size in 1...8 {
                try await Task.sleep(for: .milliseconds(150))
                try bench.drop(String(repeating: "half", count: size), as: "shapes.zip")
                #expect(try await bench.jobs().isEmpty)
            }
            #expect(try await bench.note("tiny.job.yaml") == "waiting until nothing changes any more")
            #expect(try await bench.awaitJob().state == .done)
        }
        bench.expectTidy()
    }

    /// Of a camera whose clock was never set, and of a machine that was ahead.
    @Test(arguments: [0, 4_000_000_000])
    func timesOfFilesHoldNobodyUp(seconds: Int) async throws {
        let bench = try Bench()
        try bench.dropDataset()
        try bench.dropManifest()
        let times = [timespec(tv_sec: seconds, tv_nsec: 0), timespec(tv_sec: seconds, tv_nsec: 0)]
        for name in ["shapes/round/1.png", "shapes", "tiny.job.yaml"] {
            try #require(utimensat(AT_FDCWD, bench.inbox(name), times, 0) == 0)
        }
        try await bench.serving {
            let job = try await bench.awaitJob()
            #expect(job.state == .done)
        }
        bench.expectTidy()
    }

    @Test(arguments: [
        "shapes.zip.part", "shapes.zip.crdownload", "shapes.zip.filepart", "shapes.zip~", "shapes.zip.tmp",
    ])
    func aDatasetBesideItsHalfIsWaitedFor(temporary: String) async throws {
        let bench = try Bench()
        try await bench.serving {
            // Browsers put an empty file in place of what they load.
            try bench.drop("", as: "shapes.zip")
            try bench.drop("half", as: temporary)
            try bench.dropManifest(dataset: "shapes.zip")
            try await eventually("it waits, and says for what") {
                try await bench.note("tiny.job.yaml")
                    == "waiting for shapes.zip: \(temporary) is still being written"
            }
            try #require(rename(bench.inbox(temporary), bench.inbox("shapes.zip")) == 0)
            #expect(try await bench.awaitJob().state == .done)
        }
        bench.expectTidy()
    }

    @Test func aTemporaryFileDeepInADatasetIsWaitedFor() async throws {
        let bench = try Bench()
        try bench.dropDataset()
        try bench.drop("half", as: "shapes/round/.2.png.Xa81")
        try bench.dropManifest()
        try await bench.serving {
            try await eventually("it waits, and says for what") {
                try await bench.note("tiny.job.yaml")
                    == "shapes/round/.2.png.Xa81 is still being written; remove it if it is left over"
            }
            try #require(rename(bench.inbox("shapes/round/.2.png.Xa81"), bench.inbox("shapes/round/2.png")) == 0)
            #expect(try await bench.awaitJob().state == .done)
        }
        bench.expectTidy()
    }

    @Test func aManifestThatChangesWhileItIsQueuedIsReadAgain() async throws {
        let bench = try Bench(worker: "suspendable; await go; finish")
        try bench.dropDataset()
        try bench.dropManifest("first.job.yaml")
        try await bench.serving {
            _ = try await bench.awaitJob("the first runs") { $0.state == .running }
            try bench.dropManifest("second.job.yaml")
            let id = try await bench.awaitJob("the second waits") { $0.name == "second" && $0.hold == nil }.id
            try bench.dropManifest("second.job.yaml", "priority: 7\nname: better")
            let changed = try await bench.awaitJob("it has changed") { $0.id == id && $0.priority == 7 }
            #expect(changed.name == "better")
            try bench.dropManifest("second.job.yaml", "priority: high")
            try await eventually("the mistake is published") { bench.outbox.contains(id) }
            #expect(try bench.failure(id).location == "second.job.yaml:2:11")
            try bench.allow()
            _ = try await bench.awaitJobs(2)
        }
        bench.expectTidy()
    }

    @Test func aManifestThatIsRemovedWhileItIsQueuedIsCancelled() async throws {
        let bench = try Bench(worker: "suspendable; await go; finish")
        try bench.dropDataset()
        try bench.dropManifest("first.job.yaml")
        try await bench.serving {
            _ = try await bench.awaitJob("the first runs") { $0.state == .running }
            try bench.dropManifest("second.job.yaml")
            _ = try await bench.awaitJob("the second waits") { $0.name == "second" }
            try FileManager.default.removeItem(atPath: bench.inbox("second.job.yaml"))
            let job = try await bench.awaitJob("it has ended") { $0.name == "second" && $0.state.isFinal }
            #expect(job.state == .cancelled)
            #expect(job.summary == "Its files were removed from the inbox before the start.")
            try bench.allow()
            _ = try await bench.awaitJobs(2)
            #expect(bench.outbox.count == 1)
        }
        bench.expectTidy()
    }

    @Test func aDatasetThatVanishesWhileItsJobIsQueuedIsWaitedFor() async throws {
        let bench = try Bench(worker: "suspendable; await go; finish")
        try bench.dropDataset()
        try bench.dropDataset("other")
        try bench.dropManifest("first.job.yaml")
        try await bench.serving {
            _ = try await bench.awaitJob("the first runs") { $0.state == .running }
            try bench.dropManifest("second.job.yaml", dataset: "other")
            _ = try await bench.awaitJob("the second waits") { $0.name == "second" }
            try FileManager.default.removeItem(atPath: bench.inbox("other"))
            try bench.allow()
            let held = try await bench.awaitJob("it is held") { $0.hold != nil }
            #expect(held.hold == "waiting for other")
            try bench.dropDataset("other")
            let jobs = try await bench.awaitJobs(2)
            #expect(jobs.allSatisfy { $0.state == .done })
        }
        bench.expectTidy()
    }

    @Test func aManifestSupersedesTheJobOfDefaults() async throws {
        let bench = try Bench(worker: "suspendable; await go; finish") {
            $0.defaultJob = true
            $0.settleSeconds = 0.02
        }
        try bench.dropDataset("first")
        try await bench.serving {
            _ = try await bench.awaitJob("the first runs") { $0.state == .running }
            try bench.dropDataset("second")
            _ = try await bench.awaitJob("the second waits") { $0.name == "second" }
            try bench.dropManifest("mine.job.yaml", dataset: "second")
            let job = try await bench.awaitJob("it gave way") { $0.name == "second" && $0.state.isFinal }
            #expect(job.state == .cancelled)
            try bench.allow()
            let jobs = try await bench.awaitJobs(3)
            #expect(jobs.map(\.state).filter { $0 == .done }.count == 2)
            #expect(exists(bench.inbox("second")), "the dataset stays, as with every manifest")
        }
        bench.expectTidy()
    }
}
