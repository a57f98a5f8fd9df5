import Foundation
import Ledger
import Manifests
import Synchronization
import Testing

@testable import Daemon

/// The daemon is killed at every step of a job's way, and started again on the same folders: the job ends exactly
/// once.
@Suite struct FaultTests {
    /// What was dropped, and what becomes of it.
    enum Way: String, CaseIterable, Sendable {
        case success, ownFolder, brokenManifest, workersFailure, cancelledBeforeTheStart

        /// The points that a job of this kind comes by, where inbox and state share a file system.
        var points: Set<FaultPoint> {
            let all = Set(FaultPoint.allCases).subtracting([.setAside])
            let neverRun: Set<FaultPoint> = [.ordered, .spawned, .workerEnded]
            switch self {
            case .success, .ownFolder, .workersFailure: return all
            case .brokenManifest: return all.subtracting(neverRun)
            case .cancelledBeforeTheStart: return all.subtracting(neverRun).subtracting([.logStaged])
            }
        }

        var state: JobState {
            switch self {
            case .success, .ownFolder: .done
            case .brokenManifest, .workersFailure: .failed
            case .cancelledBeforeTheStart: .cancelled
            }
        }

        /// What is claimed.
        var input: String { self == .ownFolder ? "tiny" : "tiny.job.yaml" }

        var published: [String]? {
            switch self {
            case .success, .ownFolder: ["log.txt", "student.onnx"]
            case .brokenManifest: ["error.json", "report.html"]
            case .workersFailure: ["error.json", "log.txt", "report.html"]
            case .cancelledBeforeTheStart: nil
            }
        }

        func drop(into bench: Bench) throws {
            switch self {
            case .success, .workersFailure:
                try bench.dropDataset()
                try bench.dropManifest()
            case .ownFolder:
                try bench.dropManifest("tiny/job.yaml", dataset: ".")
                try bench.dropDataset("tiny")
            case .brokenManifest:
                try bench.dropDataset()
                try bench.dropManifest("tiny.job.yaml", "seed: none")
            case .cancelledBeforeTheStart:
                try bench.dropManifest(dataset: "never")
                try bench.drop("", as: "tiny.cancel")
            }
        }
    }

    @Test(arguments: Way.allCases)
    func aJobEndsOnceWhereverTheDaemonDies(way: Way) async throws {
        for point in FaultPoint.allCases where way.points.contains(point) {
            try await check(way, killedAt: point, times: 1, inboxParent: nil)
        }
    }

    @Test func aJobEndsOnceThoughTheDaemonDiesAgain() async throws {
        for point in FaultPoint.allCases where Way.success.points.contains(point) {
            try await check(.success, killedAt: point, times: 2, inboxParent: nil)
        }
    }

    @Test(
        .enabled(if: otherFileSystem != nil, "needs /dev/shm on another file system than the temporary folder"),
        arguments: [Way.success, .ownFolder, .brokenManifest])
    func aJobEndsOnceWhereTheInboxLiesOnAnotherFileSystem(way: Way) async throws {
        for point in [FaultPoint.madeJobFolder, .setAside, .claimed, .ledgerFinal, .inputKept] {
            try await check(way, killedAt: point, times: 1, inboxParent: otherFileSystem)
        }
    }

    private func check(_ way: Way, killedAt point: FaultPoint, times: Int, inboxParent: String?) async throws {
        let bench = try Bench(worker: way == .workersFailure ? "failed" : "finish", inboxParent: inboxParent)
        try way.drop(into: bench)
        let deaths = Mutex(0)
        for death in 1...times {
            let faults = Faults { reached, _ in
                guard reached == point, deaths.withLock({ $0 < death }) else { return }
                deaths.withLock { $0 += 1 }
                throw Faults.Killed()
            }
            let daemon = try bench.daemon(faults)
            await Turn.shared.take()
            let run = Task { try await daemon.run() }
            // A point that lies before the first death is not reached again; then the job ends.
            var overdue: Overdue?
            do {
                try await eventually("\(way): the daemon dies at \(point), or the job ends") {
                    if deaths.withLock({ $0 == death }) { return true }
                    return death > 1 ? try await bench.jobs().contains(where: bench.hasEnded) : false
                }
            } catch let error as Overdue {
                overdue = error
            }
            daemon.stop()
            do { try await run.value } catch is Faults.Killed {}
            await Turn.shared.give()
            if let overdue { throw overdue }
        }
        #expect(deaths.withLock { $0 } > 0, "\(way) comes by \(point)")

        let job = try await bench.serving { try await bench.awaitJob() }
        let place: Comment = "\(way), killed at \(point)"
        #expect(try await bench.jobs().count == 1, place)
        #expect(job.state == way.state, place)
        #expect(job.isClaimed, place)
        #expect(bench.runs.count <= times + 1, place)
        #expect(bench.outbox == (way.published == nil ? [] : [job.id]), place)
        if let published = way.published { #expect(names(bench.outbox(job.id)) == published, place) }
        let kept = try #require(job.keptInput, place)
        #expect(names(kept).contains(way.input), place)
        #expect(kept.hasPrefix(way.state == .done ? bench.state.archive : bench.inbox(DaemonNames.failed)), place)
        #expect(!exists(bench.inbox(way.input)), place)
        bench.expectTidy()
    }

    @Test func aWorkerThatOutlivesItsDaemonIsEnded() async throws {
        let bench = try Bench(
            worker: "if [ -e $bench/go ]; then finish; fi; echo $$ >$bench/pid; trap '' PIPE; await never")
        try bench.dropDataset()
        try bench.dropManifest()
        try await bench.serveUntilKilled(at: .spawned)
        try await eventually("the worker has begun") { try !readIfThere(bench.root["pid"]).isEmpty }
        let pid = try #require(Int32(try readIfThere(bench.root["pid"])))
        #expect(kill(pid, 0) == 0)
        try bench.allow()
        let job = try await bench.serving { try await bench.awaitJob() }
        #expect(job.state == .done)
        #expect(bench.log.contains("Ended a worker that an earlier daemon left behind"))
        #expect(bench.runs.count == 2)
        bench.expectTidy()
    }

    private func readIfThere(_ path: String) throws -> String {
        exists(path) ? try readFile(path).trimmingCharacters(in: .newlines) : ""
    }

    @Test(arguments: [FaultPoint.claimed, .spawned, .outcomeWritten])
    func aLostLedgerLosesNoJob(point: FaultPoint) async throws {
        let bench = try Bench()
        try bench.dropDataset()
        try bench.dropManifest()
        try await bench.serveUntilKilled(at: point)
        for suffix in ["", "-wal", "-shm"] { unlink(bench.state.ledger + suffix) }
        let id = try #require(names(bench.state.jobs).first)
        let job = try await bench.serving { try await bench.awaitJob() }
        #expect(job.id == id)
        #expect(job.state == .done)
        #expect(bench.outbox == [id])
        #expect(bench.log.contains("Restored a job that the ledger had lost"))
        bench.expectTidy()
    }

    @Test func aFolderTheUserTookAwayAtOnceIsNotPublishedAgain() async throws {
        for worker in ["finish", "failed"] {
            let bench = try Bench(worker: worker)
            try bench.dropDataset()
            try bench.dropManifest()
            try await bench.serveUntilKilled(at: .published)
            let id = try #require(bench.outbox.first)
            try FileManager.default.moveItem(atPath: bench.outbox(id), toPath: bench.root["mine"])
            let job = try await bench.serving { try await bench.awaitJob() }
            #expect(job.state == (worker == "finish" ? .done : .failed))
            #expect(bench.outbox.isEmpty)
            bench.expectTidy()
        }
    }

    @Test(arguments: ["outcome.json", "order.json", "job.json"])
    func aDamagedFileOfAJobIsNoEndOfTheDaemon(name: String) async throws {
        let bench = try Bench()
        try bench.dropDataset()
        try bench.dropManifest()
        try await bench.serveUntilKilled(at: .outcomeWritten)
        let id = try #require(names(bench.state.jobs).first)
        try writeFile("{\"half", bench.state.job(id).root + "/" + name)
        let job = try await bench.serving { try await bench.awaitJob() }
        #expect(job.state == .done)
        #expect(bench.outbox == [id])
        bench.expectTidy()
    }
}
