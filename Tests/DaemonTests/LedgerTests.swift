import Foundation
import Ledger
import Testing

@Suite struct LedgerTests {
    private func job(_ id: String, priority: Int = 0, isUrgent: Bool = false) -> JobRecord {
        JobRecord(
            id: id, name: "tiny", priority: priority, createdAt: Date(timeIntervalSince1970: 1000),
            manifestName: "tiny.job.yaml", datasetName: "shapes", source: .manifest, sourcePath: "/inbox/\(id)",
            fingerprint: "1.2", isUrgent: isUrgent)
    }

    @Test func aJobComesBackAsItWas() async throws {
        let folder = try TemporaryFolder()
        let ledger = try Ledger(path: folder["ledger.sqlite"])
        try await ledger.add([job("a")])
        let changed = try await ledger.update("a") { job in
            job.state = .done
            job.startedAt = Date(timeIntervalSince1970: 1001.25)
            job.finishedAt = Date(timeIntervalSince1970: 1002.5)
            job.summary = "good\n\u{1F600}"
            job.keptInput = "/archive/a"
            job.workerPID = 7
            job.highWater = 3_000_010
            return true
        }
        try ledger.close()
        let again = try await Ledger(path: folder["ledger.sqlite"]).job("a")
        #expect(again == changed)
        #expect(again?.sequence == 1)
    }

    @Test func aChangeThatIsDeclinedChangesNothing() async throws {
        let folder = try TemporaryFolder()
        let ledger = try Ledger(path: folder["ledger.sqlite"])
        try await ledger.add([job("a")])
        let refused = try await ledger.update("a") { job in
            job.name = "other"
            return false
        }
        let missing = try await ledger.update("b") { _ in true }
        #expect(refused == nil && missing == nil)
        #expect(try await ledger.job("a")?.name == "tiny")
    }

    @Test func jobsAreAddedAllOrNone() async throws {
        let folder = try TemporaryFolder()
        let ledger = try Ledger(path: folder["ledger.sqlite"])
        try await ledger.add([job("a")])
        await #expect(throws: LedgerError.self) { try await ledger.add([self.job("b"), self.job("a")]) }
        #expect(try await ledger.jobs(in: .queued).map(\.id) == ["a"])
        #expect(try await ledger.usedIDs(among: ["a", "b"]) == ["a"])
    }

    @Test func oneFileIsOneWaitingJob() async throws {
        let folder = try TemporaryFolder()
        let ledger = try Ledger(path: folder["ledger.sqlite"])
        let twins = ["a", "b"].map { id in
            var twin = job(id)
            twin.sourcePath = "/inbox/same"
            return twin
        }
        await #expect(throws: LedgerError.self) { try await ledger.add(twins) }
        try await ledger.add([twins[0]])
        try await ledger.update("a") { job in
            job.isClaimed = true
            return true
        }
        // Its file is out of the inbox: another may take the name.
        try await ledger.add([twins[1]])
    }

    @Test func theNextJobsAreUrgentThenImportantThenOld() async throws {
        let folder = try TemporaryFolder()
        let ledger = try Ledger(path: folder["ledger.sqlite"])
        try await ledger.add([
            job("a"), job("b", priority: 5), job("c", isUrgent: true), job("d"), job("e", priority: 5), job("f"),
        ])
        try await ledger.update("d") { job in
            job.hold = "waits"
            return true
        }
        try await ledger.update("f") { job in
            job.state = .running
            return true
        }
        #expect(try await ledger.startable(limit: 10).map(\.id) == ["c", "b", "e", "a"])
        #expect(try await ledger.startable(limit: 2, excluding: ["b"]).map(\.id) == ["c", "e"])
        #expect(try await ledger.count(of: .queued) == 5)
        let reader = try LedgerReader(path: folder["ledger.sqlite"])
        #expect(try await reader.snapshot(history: 10).queued.map(\.id) == ["c", "b", "e", "a", "d"])
    }

    @Test func othersReadWhileTheDaemonWrites() async throws {
        let folder = try TemporaryFolder()
        let ledger = try Ledger(path: folder["ledger.sqlite"])
        let reader = try LedgerReader(path: folder["ledger.sqlite"])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for number in 0..<50 {
                    try await ledger.add([self.job("j\(number)")])
                    var progress = JobProgress(jobID: "j\(number)")
                    progress.done = number
                    try await ledger.record(progress)
                }
            }
            group.addTask {
                var last = 0
                while last < 50 {
                    let snapshot = try await reader.snapshot(history: 10)
                    #expect(snapshot.queued.count >= last)
                    last = snapshot.queued.count
                    try await Task.sleep(for: .milliseconds(1))
                }
            }
            try await group.waitForAll()
        }
        #expect(try await reader.snapshot(history: 0).progress["j49"]?.done == 49)
    }

    @Test func progressEndsWithItsJobAndNotesReplaceNotes() async throws {
        let folder = try TemporaryFolder()
        let ledger = try Ledger(path: folder["ledger.sqlite"])
        let reader = try LedgerReader(path: folder["ledger.sqlite"])
        try await ledger.add([job("a")])
        try await ledger.record(JobProgress(jobID: "a"))
        #expect(try await reader.snapshot(history: 0).progress.keys.sorted() == ["a"])
        try await ledger.update("a") { job in
            job.state = .failed
            return true
        }
        try await ledger.replaceNotes([InboxNote(path: "x", kind: .ignored, reason: "r")])
        try await ledger.replaceNotes([InboxNote(path: "y", kind: .waiting, reason: "s")])
        let snapshot = try await reader.snapshot(history: 10)
        #expect(snapshot.progress.isEmpty)
        #expect(snapshot.notes == [InboxNote(path: "y", kind: .waiting, reason: "s")])
        #expect(snapshot.finished.map(\.id) == ["a"])
        #expect(try await reader.snapshot(history: 0).finished.isEmpty)
    }

    @Test func aReaderWritesNothing() async throws {
        let folder = try TemporaryFolder()
        let error = #expect(throws: LedgerError.self) { try LedgerReader(path: folder["ledger.sqlite"]) }
        #expect(error?.description.contains(folder["ledger.sqlite"]) == true)
        #expect(error?.fix.contains("Check that it exists") == true)
        #expect(names(folder.path).isEmpty)
    }

    @Test(arguments: [0, 100])
    func aDamagedFileIsSaidToBeDamaged(at offset: Int) async throws {
        let folder = try TemporaryFolder()
        let path = folder["ledger.sqlite"]
        do {
            let ledger = try Ledger(path: path)
            try await ledger.add([job("a")])
            try ledger.close()
        }
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        bytes.replaceSubrange(offset..<min(bytes.count, offset + 8000), with: Data(repeating: 0x5A, count: 8000))
        try bytes.write(to: URL(fileURLWithPath: path))
        let error = await #expect(throws: LedgerError.self) {
            let ledger = try Ledger(path: path)
            _ = try await ledger.jobs(in: .queued)
        }
        #expect(
            error?.fix.contains("It is damaged: stop the daemon, move it away") == true, "\(error?.description ?? "")")
    }

    @Test func aLedgerOfAnOlderSchemaIsBroughtUpToDate() async throws {
        // The file of the first version: an empty one, to which every migration is still to be applied.
        let folder = try TemporaryFolder()
        try folder.write("", to: "ledger.sqlite")
        let ledger = try Ledger(path: folder["ledger.sqlite"])
        try await ledger.add([job("a")])
        try ledger.close()
        // Opened again, nothing is done twice.
        #expect(try await Ledger(path: folder["ledger.sqlite"]).jobs(in: .queued).count == 1)
    }

    @Test func datasetsThatManifestsNamedAreKnown() async throws {
        let folder = try TemporaryFolder()
        let ledger = try Ledger(path: folder["ledger.sqlite"])
        var ofDefaults = job("b")
        ofDefaults.datasetName = "other"
        ofDefaults.source = .dataset
        try await ledger.add([job("a"), ofDefaults])
        #expect(try await ledger.isDatasetNamed("shapes"))
        #expect(try await !ledger.isDatasetNamed("other"))
        #expect(try await !ledger.isDatasetNamed("none"))
    }
}
