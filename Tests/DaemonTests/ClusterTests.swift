import Foundation
import Manifests
import Testing

@testable import Daemon

/// What Slurm's words mean; see `FollowerTests` for what is done about them.
@Suite struct ClusterTests {
    @Test func statesAreReadFromBothPrograms() {
        let squeue = "17_1|RUNNING|None\n17_12|PENDING|Resources\n170|RUNNING|None\n\n"
        #expect(
            SlurmStatus.parse(squeue, job: "17") == [
                1: SlurmStatus(state: "RUNNING", reason: "None"),
                12: SlurmStatus(state: "PENDING", reason: "Resources"),
            ])
        #expect(SlurmStatus.parse("17|CANCELLED by 1000\n", job: "17") == [0: SlurmStatus(state: "CANCELLED")])
        #expect(SlurmStatus.parse("17_[3-9]|PENDING|None\nnonsense\n", job: "17").isEmpty)
    }

    @Test(arguments: [
        ("PENDING", SlurmStatus.Phase.alive), ("COMPLETING", .alive), ("SUSPENDED", .alive), ("SOMETHING_NEW", .alive),
        ("COMPLETED", .ended), ("FAILED", .ended), ("TIMEOUT", .displaced), ("PREEMPTED", .displaced),
        ("NODE_FAIL", .displaced), ("CANCELLED", .stopped), ("OUT_OF_MEMORY", .stopped),
    ])
    func everyStateHasAMeaning(state: String, phase: SlurmStatus.Phase) {
        #expect(SlurmStatus(state: state).phase == phase)
    }

    private static func verdict(_ code: Int32?, _ state: String?, isKnown: Bool = true, isSilent: Bool = false)
        -> PartVerdict
    {
        PartVerdict(
            exitCode: code, status: state.map { SlurmStatus(state: $0) }, isKnown: isKnown, isSilent: isSilent)
    }

    @Test func aWorkersOwnWordCountsBeforeSlurms() {
        #expect(Self.verdict(0, "RUNNING") == .exited(0))
        #expect(Self.verdict(1, nil, isKnown: false) == .exited(1))
        #expect(Self.verdict(nil, nil, isKnown: false) == .running)
        // Preempted: it has stopped at a checkpoint, and is back in the queue.
        #expect(Self.verdict(75, "PENDING") == .running)
        #expect(Self.verdict(75, nil, isKnown: false) == .running)
        #expect(Self.verdict(75, "TIMEOUT") == .lost(SlurmStatus(state: "TIMEOUT")))
        #expect(Self.verdict(137, "FAILED") == .exited(137))
        #expect(Self.verdict(137, "OUT_OF_MEMORY") == .lost(SlurmStatus(state: "OUT_OF_MEMORY")))
        // On a network file system its word may come later than Slurm's.
        #expect(Self.verdict(nil, "FAILED") == .running)
        #expect(Self.verdict(nil, "FAILED", isSilent: true) == .lost(SlurmStatus(state: "FAILED")))
        #expect(Self.verdict(nil, nil) == .lost(nil))
    }

    @Test func onlyChangesInTheQueueAreTold() {
        var watch = QueueWatch(job: "17", interval: .zero)
        let waiting = [0: SlurmStatus(state: "PENDING", reason: "Resources")]
        let running = [0: SlurmStatus(state: "RUNNING", reason: "None")]
        #expect(watch.take(waiting) == ["Batch job 17 waits on the cluster: Resources."])
        #expect(watch.take(waiting).isEmpty && watch.take(running).isEmpty)
        #expect(
            watch.take([0: SlurmStatus(state: "PENDING", reason: "BeginTime")]) == [
                "Batch job 17 is back in the queue (BeginTime); it goes on from its last checkpoint."
            ])
    }

    @Test(arguments: [
        ("sbatch: error: Batch job submission failed: Unable to contact slurm controller (connect failure)", true),
        ("slurm_load_jobs error: Socket timed out on send/recv operation", true),
        (
            "sbatch: error: Batch job submission failed: Job violates accounting/QOS policy (job submit limit, user's "
                + "size and/or time limits)", true
        ),
        (
            "sbatch: error: Batch job submission failed: Invalid account or account/partition combination specified",
            false
        ),
        ("sbatch: error: Batch job submission failed: Requested node configuration is not available", false),
    ])
    func whatMayChangeIsTriedAgain(words: String, isPassing: Bool) {
        #expect(SlurmCommands.isPassing(words) == isPassing)
    }

    @Test func whatSlurmSaysIsOneLine() {
        let text = "squeue: error: fetch_config: DNS SRV lookup failed\nsqueue: fatal: Could not establish a source\n"
        #expect(
            SlurmCommands.words(text, of: "squeue")
                == "fetch_config: DNS SRV lookup failed; Could not establish a source")
        #expect(SlurmCommands.words("\n", of: "squeue") == "it failed without a word")
    }

    private static func order(threads: Int, memory: Int?) -> WorkOrder {
        WorkOrder(
            jobID: "a", manifestPath: "/m", manifestName: "m", datasetPath: "/d", stagingDirectory: "/s",
            checkpointDirectory: "/c", cacheDirectory: "/k", threads: threads, memoryBytes: memory)
    }

    @Test func whatIsAskedOfSlurmFollowsFromTheConfiguration() {
        let plain = ClusterPlan(
            SlurmConfig(), worker: ["/usr/bin/distilld", "worker"], order: Self.order(threads: 3, memory: nil))
        #expect(plain.options == ["--cpus-per-task=3"] && plain.worker == ["/usr/bin/distilld", "worker"])
        let slurm = SlurmConfig(
            partition: "gpu", account: "lab", qos: "low", time: "4:00:00", options: ["--nice"],
            program: "/shared/distilld")
        let full = ClusterPlan(
            slurm, worker: ["/usr/bin/distilld", "worker"], order: Self.order(threads: 1, memory: 1 << 30))
        #expect(
            full.options == [
                "--partition=gpu", "--account=lab", "--qos=low", "--time=4:00:00", "--mem=1280M", "--cpus-per-task=1",
                "--nice",
            ])
        #expect(full.worker == ["/shared/distilld", "worker"])
    }

    @Test func aScriptKeepsAnyPathWhole() throws {
        let root = try TemporaryFolder()
        let folder = JobFolder(id: "it's $HOME `x`", root: root["it's $HOME `x`"])
        try Folder.create(folder.root)
        let plan = ClusterPlan(
            SlurmConfig(program: "/bin/echo"), worker: ["?", "a'b"], order: Self.order(threads: 1, memory: nil))
        let submission = try Submission.make(in: folder, number: 1, trials: 0, plan)
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        shell.arguments = [submission.path("script")]
        try shell.run()
        shell.waitUntilExit()
        #expect(shell.terminationStatus == 0)
        let output = try #require(try FileBytes.read(submission.output(0)))
        #expect(String(decoding: output, as: UTF8.self) == "a'b --order \(folder.order) --trials-elsewhere\n")
        #expect(try submission.exitCode(0) == 0)
        #expect(submission.name.utf8.allSatisfy { $0 > 0x2C && $0 != UInt8(ascii: "`") })
    }

    @Test func aStartThatAnotherHasReplacedIsKilled() throws {
        let root = try TemporaryFolder()
        let folder = JobFolder(id: "a", root: root["a"])
        try Folder.create(folder.root)
        try root.write("sleep 60\n", to: "worker")
        let plan = ClusterPlan(
            SlurmConfig(), worker: ["/bin/sh", root["worker"]], order: Self.order(threads: 1, memory: nil))
        let submission = try Submission.make(in: folder, number: 1, trials: 0, plan)
        let session = Process()
        session.executableURL = URL(fileURLWithPath: "/usr/bin/setsid")
        session.arguments = ["--wait", "/bin/sh", submission.path("script")]
        try session.run()
        while try FileBytes.read(submission.path("start-0"))?.isEmpty ?? true { usleep(10_000) }
        try FileBytes.write("elsewhere 1\n".utf8, to: submission.path("start-0"))
        let begin = ContinuousClock.now
        session.waitUntilExit()
        #expect(ContinuousClock.now - begin < .seconds(40))
        #expect(session.terminationStatus != 0)
        #expect(try submission.exitCode(0) == nil)
    }

    @Test func theFileSystemOfAFolderIsTheDeepestMount() {
        let mounts = """
            22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
            30 22 0:40 / /srv rw - nfs4 server:/srv rw
            31 30 0:41 / /srv/scratch rw shared:2 master:1 - tmpfs tmpfs rw
            """
        #expect(ClusterCheck.fileSystem(of: "/srv/State", in: mounts) == "nfs4")
        #expect(ClusterCheck.fileSystem(of: "/srv/scratch", in: mounts) == "tmpfs")
        #expect(ClusterCheck.fileSystem(of: "/srvx", in: mounts) == "ext4")
        #expect(ClusterCheck.fileSystem(of: "/srv/State", in: "nonsense") == nil)
    }

    @Test func jobsOfTwoDaemonsHaveTwoNames() {
        let names = ["/one/jobs/a", "/two/jobs/a"].map {
            Submission(folder: JobFolder(id: "a", root: $0), number: 1).name
        }
        #expect(Set(names).count == 2)
    }
}
