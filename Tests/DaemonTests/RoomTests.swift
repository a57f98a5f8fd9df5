import Foundation
import Ledger
import Manifests
import Testing

@testable import Daemon

/// Disks that are full, a ledger that is damaged, and what is kept for how long.
@Suite struct RoomTests {
    @Test func aJobWaitsForSpace() async throws {
        let bench = try Bench { $0.freeBytes = 1 << 49 }
        try bench.dropDataset()
        try bench.dropManifest()
        let daemon = try bench.daemon()
        await Turn.shared.take()
        let run = Task { try await daemon.run() }
        let job = try await bench.awaitJob("it says what it waits for") { $0.note != nil }
        #expect(
            job.note?.contains("waits for space: the disk of \(bench.config.state) has") == true, "\(job.note ?? "")")
        #expect(bench.runs.isEmpty)
        var config = bench.config
        config.freeBytes = 0
        let changed = config
        daemon.reload { changed }
        #expect(try await bench.awaitJob().state == .done)
        daemon.stop()
        try await run.value
        await Turn.shared.give()
        bench.expectTidy()
    }

    /// A file system of its own that is full, emptied while the job waits.
    @Test(.enabled(if: geteuid() == 0, "mounts a tmpfs, which needs root"))
    func aFullDiskIsWaitedFor() async throws {
        let bench = try Bench(worker: "suspendable; await go; finish") { $0.freeBytes = 0 }
        try FileManager.default.createDirectory(atPath: bench.config.outbox, withIntermediateDirectories: true)
        guard mount("tmpfs", bench.config.outbox, "tmpfs", 0, "size=256k") == 0 else { return }
        defer { umount2(bench.config.outbox, Int32(MNT_DETACH)) }
        try bench.dropDataset()
        try bench.dropManifest()
        try await bench.serving {
            try await eventually("it runs") { bench.runs.count == 1 }
            let filler = bench.outbox("filler")
            let descriptor = Glibc.open(filler, O_WRONLY | O_CREAT, 0o644)
            let block = [UInt8](repeating: 1, count: 4096)
            while write(descriptor, block, block.count) > 0 {}
            close(descriptor)
            try bench.allow()
            let job = try await bench.awaitJob("it says what is wrong") { $0.note != nil }
            #expect(job.note?.contains("No space left on device. Free space there.") == true, "\(job.note ?? "")")
            unlink(filler)
            #expect(try await bench.awaitJob().state == .done)
            #expect(bench.outbox.count == 1)
            #expect(bench.runs.count == 1, "what was trained is not trained again")
        }
        bench.expectTidy()
    }

    @Test func theCacheKeepsWhatWasUsedLast() async throws {
        let bench = try Bench { $0.cacheBytes = 250 }
        try FileManager.default.createDirectory(atPath: bench.state.cache, withIntermediateDirectories: true)
        for (name, age) in [("old", 300), ("older", 400), ("new", 10), ("newest", 1)] {
            let path = Path.join(bench.state.cache, name)
            try writeFile(String(repeating: "x", count: 100), path)
            let times = [timespec(tv_sec: time(nil) - age, tv_nsec: 0), timespec(tv_sec: time(nil) - age, tv_nsec: 0)]
            utimensat(AT_FDCWD, path, times, 0)
        }
        try await bench.serving { try await eventually("it serves") { bench.log.contains("Serving") } }
        #expect(names(bench.state.cache) == ["new", "newest"])
    }

    @Test func theArchiveForgetsWhatIsOld() async throws {
        let bench = try Bench { $0.archiveDays = 2 }
        for (id, days) in [("old", 3), ("young", 1)] {
            try writeFile("dataset: x", Path.join(bench.state.archived(id), "a.job.yaml"))
            let when = timespec(tv_sec: time(nil) - days * 86_400, tv_nsec: 0)
            utimensat(AT_FDCWD, bench.state.archived(id), [when, when], 0)
        }
        try await bench.serving { try await eventually("it serves") { bench.log.contains("Serving") } }
        #expect(names(bench.state.archive) == ["young"])
    }
}
