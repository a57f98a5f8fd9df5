import Foundation
import Manifests
import Testing

/// `distilld follow` against stand-ins for Slurm's programs: what no small cluster does at will.
@Suite struct FollowerTests {
    private let root: URL
    private var job: URL { root.appendingPathComponent("a-job") }

    init() throws {
        root = FileManager.default.temporaryDirectory.appendingPathComponent("follow-\(UUID().uuidString)")
        for folder in ["bin", "a-job/cluster", "a-job/checkpoints"] {
            try FileManager.default.createDirectory(
                at: root.appendingPathComponent(folder), withIntermediateDirectories: true)
        }
        // Keeps what it was told, runs the script at once where `runs` is there, and gives numbers from 7.
        try program(
            "sbatch",
            """
            for script; do :; done
            printf '%s\\n' "$*" >>"$root/submitted"
            [ -e "$root/unreachable" ] && {
                rm "$root/unreachable"
                echo "sbatch: error: Batch job submission failed: Unable to contact slurm controller (connect failure)" >&2
                exit 1
            }
            [ -e "$root/refusing" ] && {
                echo "sbatch: error: Batch job submission failed: Invalid partition name specified" >&2
                exit 1
            }
            number=$((6 + $(wc -l <"$root/submitted")))
            [ -e "$root/runs" ] && case $* in
            *--array=1-2*) for i in 1 2; do SLURM_ARRAY_TASK_ID=$i sh "$script"; done ;;
            *) sh "$script" ;;
            esac
            echo $number
            """)
        try program(
            "squeue",
            """
            case $* in
            *--name=*) cat "$root/named" 2>/dev/null || : ;;
            *) [ -e "$root/state" ] || { echo "slurm_load_jobs error: Invalid job id specified" >&2; exit 1; }
               cat "$root/state" ;;
            esac
            """)
        try program("sacct", "echo 'Slurm accounting storage is disabled' >&2; exit 1")
        try program(
            "worker",
            #"[ -e "$root/asks" ] && { rm "$root/asks"; exit 69; }; cat "$root/says"; exit "$(cat "$root/code")""#)
        try Data("{}".utf8).write(to: job.appendingPathComponent("order.json"))
        try write("says", #"{"event":"suspended","time":1}"# + "\n")
        try write("code", "0")
        let plan = """
            {"options":["--partition=p"],"worker":["\(root.path)/bin/worker"],"pollSeconds":0.01}
            """
        try Data(plan.utf8).write(to: job.appendingPathComponent("cluster/plan.json"))
    }

    private func program(_ name: String, _ text: String) throws {
        let url = root.appendingPathComponent("bin/\(name)")
        try Data("#!/bin/sh\nroot='\(root.path)'\n\(text)\n".utf8).write(to: url)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: url.path)
    }

    private func write(_ name: String, _ text: String = "") throws {
        try Data(text.utf8).write(to: root.appendingPathComponent(name))
    }

    private func follow() throws -> (code: Int32, events: [WorkerEvent]) {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        let result = try Program.run(
            URL(fileURLWithPath: Distilld.path), ["follow", "--order", job.appendingPathComponent("order.json").path],
            environment: ["PATH": "\(root.path)/bin:\(path)"])
        let events = result.output.split(separator: UInt8(ascii: "\n")).compactMap {
            try? WorkerEventLine(line: $0).event
        }
        return (result.exitCode, events)
    }

    private func submissions() -> [String] {
        let text = try? String(contentsOf: root.appendingPathComponent("submitted"), encoding: .utf8)
        return (text ?? "").split(separator: "\n").map(String.init)
    }

    private static func notices(_ events: [WorkerEvent]) -> [String] {
        events.compactMap { if case .notice(let text) = $0 { text } else { nil } }
    }

    private static func failure(_ events: [WorkerEvent]) -> JobFailure? {
        events.lazy.compactMap { if case .failed(let failure) = $0 { failure } else { nil } }.first
    }

    @Test func whatTheWorkerSaysAndHowItEndsArePassedOnAndSaidAgain() throws {
        try write("runs")
        let first = try follow()
        #expect(first.code == 0 && first.events.last == .suspended)
        #expect(Self.notices(first.events) == ["It is batch job 7 of the cluster."])
        let options = try #require(submissions().first)
        #expect(options.hasPrefix("--parsable --partition=p --requeue --job-name=distilld-a-job-"))
        // The daemon may have been killed before it acted on it: the last word again, and nothing is submitted.
        let again = try follow()
        #expect(again.code == 0 && again.events == [.suspended])
        #expect(submissions().count == 1)
    }

    @Test func whatWasSubmittedBeforeAKillIsFoundAgain() throws {
        // Killed between the submission and the note of its number: Slurm knows the name.
        let folder = job.appendingPathComponent("cluster/1")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data("0\n".utf8).write(to: folder.appendingPathComponent("parts"))
        try write("named", "41\n")
        try write("state", "41|FAILED|NonZeroExitCode\n")
        try Data("1\n".utf8).write(to: folder.appendingPathComponent("end-0"))
        #expect(try follow().code == 1)
        #expect(submissions().isEmpty)
        let number = try String(contentsOf: folder.appendingPathComponent("number"), encoding: .utf8)
        #expect(number == "41\n")
    }

    @Test(arguments: [
        ("TIMEOUT", "time limit"), ("NODE_FAIL", "NODE_FAIL"), ("PREEMPTED", "PREEMPTED"), ("BOOT_FAIL", "BOOT_FAIL"),
    ])
    func aBatchJobThatTheClusterEndsIsFollowedByAnother(state: String, words: String) throws {
        try write("state", "7|\(state)|None\n")
        let end = try follow()
        #expect(end.code == WorkerExit.displaced)
        #expect(Self.notices(end.events).last?.contains(words) == true)
        try write("state", "8|\(state)|None\n")
        _ = try follow()
        #expect(submissions().count == 2)
    }

    @Test(arguments: [
        ("CANCELLED", "cluster.cancelled"), ("OUT_OF_MEMORY", "cluster.memory"), ("DEADLINE", "cluster.deadline"),
    ])
    func aBatchJobThatIsEndedForGoodFailsTheJob(state: String, code: String) throws {
        try write("state", "7|\(state)|None\n")
        let end = try follow()
        #expect(end.code == 1)
        let failure = try #require(Self.failure(end.events))
        #expect(failure.code == code && failure.what.contains("7"))
    }

    @Test func aWorkerThatIsKilledIsToldAsKilled() throws {
        try write("runs")
        try write("code", "137")
        try write("state", "7|FAILED|NonZeroExitCode\n")
        #expect(try follow().code == SIGKILL)
    }

    @Test func whatSlurmForgotIsSubmittedAgain() throws {
        let end = try follow()
        #expect(end.code == WorkerExit.displaced)
        #expect(Self.notices(end.events).last?.contains("knows batch job 7 no more") == true)
    }

    @Test func aControllerThatDoesNotAnswerIsAskedAgain() throws {
        try write("runs")
        try write("unreachable")
        let end = try follow()
        #expect(end.code == 0)
        #expect(Self.notices(end.events).first?.contains("Unable to contact slurm controller") == true)
        #expect(submissions().count == 2)
    }

    @Test func aRefusalFailsTheJobWithSlurmsWords() throws {
        try write("refusing")
        let end = try follow()
        #expect(end.code == 1)
        let failure = try #require(Self.failure(end.events))
        #expect(failure.code == "cluster.refused" && failure.what.contains("Invalid partition name specified"))
    }

    @Test func trialsThatAreAskedForComeBetween() throws {
        try write("runs")
        try write("asks")
        let trials = try JSONEncoder().encode(TrialList(folders: ["/a", "/b"]))
        try trials.write(to: job.appendingPathComponent("checkpoints/trials.json"))
        let end = try follow()
        #expect(end.code == 0 && end.events.last == .suspended)
        #expect(submissions().map { $0.contains("--array=1-2") } == [false, true, false])
        let part = try String(contentsOf: job.appendingPathComponent("cluster/2/end-2"), encoding: .utf8)
        #expect(part == "0\n")
    }

    @Test func aTrialThatFailsFailsTheJobWithItsReason() throws {
        try write("runs")
        try write("asks")
        let trials = try JSONEncoder().encode(TrialList(folders: ["/a", "/b"]))
        try trials.write(to: job.appendingPathComponent("checkpoints/trials.json"))
        let failure = JobFailure(code: "disk.write", what: "it is full", location: "/", fix: "make room")
        try write("says", String(decoding: try WorkerEventLine(.failed(failure)).bytes(), as: UTF8.self))
        try write("code", "1")
        let end = try follow()
        #expect(end.code == 1 && end.events.last == .failed(failure))
        #expect(submissions().count == 2)
    }
}
