import Foundation
import Ledger
import Manifests
import Testing

@testable import Daemon

/// The ways in which a worker ends, and what becomes of its job.
@Suite struct WorkerEndTests {
    private func end(worker: String, _ change: (inout DaemonConfig) -> Void = { _ in }) async throws -> (
        Bench, JobRecord
    ) {
        let bench = try Bench(worker: worker, change)
        try bench.dropDataset()
        try bench.dropManifest()
        let job = try await bench.serving { try await bench.awaitJob() }
        bench.expectTidy()
        #expect(bench.outbox == [job.id])
        return (bench, job)
    }

    @Test func aWorkerThatCrashesOnceGoesOnFromItsCheckpoint() async throws {
        let (bench, job) = try await end(
            worker: """
                if [ ! -e "$checkpoints/epoch" ]; then echo 1 >"$checkpoints/epoch"; echo half >"$staging/half"; kill -KILL $$; fi
                finish
                """)
        #expect(job.state == .done)
        #expect(bench.runs.count == 2)
        #expect(names(bench.outbox(job.id)) == ["log.txt", "student.onnx"])
        let log = try readFile(bench.outbox("\(job.id)/log.txt"))
        #expect(log.contains("distilld: the worker was killed by signal 9 (SIGKILL)."))
        #expect(log.contains("(attempt 2)"))
        #expect(bench.log.contains("The worker ended early"))
    }

    @Test func aWorkerThatAlwaysCrashesIsGivenUp() async throws {
        let (bench, job) = try await end(worker: "echo half >$staging/half; echo 'double free' >&2; kill -SEGV $$")
        #expect(job.state == .failed)
        #expect(bench.runs.count == 4)
        let failure = try bench.failure(job.id)
        #expect(failure.code == "worker.crashed")
        #expect(failure.what.contains("4 times in a row"))
        #expect(failure.what.contains("SIGSEGV"))
        #expect(failure.details.contains("double free"))
        #expect(names(bench.outbox(job.id)) == ["error.json", "log.txt", "report.html"])
    }

    @Test func crashesCountOnlyWhileNothingGetsBetter() async throws {
        // Six crashes, each an epoch further: more than are allowed in a row.
        let (bench, job) = try await end(
            worker: """
                n=$(wc -l <"$bench/runs"); stage teacher; epoch teacher $n 9
                if [ $n -le 6 ]; then kill -KILL $$; fi
                finish
                """)
        #expect(job.state == .done)
        #expect(bench.runs.count == 7)
    }

    @Test func anOutOfMemoryKillIsExplained() async throws {
        let (bench, job) = try await end(worker: "kill -KILL $$")
        #expect(try bench.failure(job.id).fix.contains("out of memory"))
    }

    @Test(arguments: [
        ("exit 0", "exited without a result"), ("exit 3", "exited with the unexpected code 3"),
        ("say suspended; exit 75", "stopped though nobody asked it to"),
        ("say notice ',\"message\":\"x\"'; exit 1", "exited with the unexpected code 1"),
    ])
    func anEndThatIsNoneOfTheProtocolIsACrash(worker: String, words: String) async throws {
        let (bench, job) = try await end(worker: worker)
        #expect(try bench.failure(job.id).what.contains(words))
    }

    @Test func aWorkersOwnFailureIsPublished() async throws {
        let (bench, job) = try await end(
            worker: """
                rm -rf "$staging"; mkdir "$staging"; echo '{"mine":true}' >"$staging/error.json"
                echo page >"$staging/report.html"; echo curves >"$staging/metrics.csv"; failed
                """)
        #expect(job.state == .failed)
        #expect(job.summary == "The loss is not finite.")
        #expect(bench.runs.count == 1)
        #expect(try readFile(bench.outbox("\(job.id)/error.json")) == "{\"mine\":true}\n")
        #expect(names(bench.outbox(job.id)) == ["error.json", "log.txt", "metrics.csv", "report.html"])
    }

    @Test func aFailureWithoutAReportGetsOne() async throws {
        let (bench, job) = try await end(worker: "echo half >$staging/half; failed")
        #expect(try bench.failure(job.id).fix == "Lower the rate.")
        #expect(names(bench.outbox(job.id)) == ["error.json", "log.txt", "report.html"])
    }

    @Test func anAccuracyThatIsNoNumberIsNoDrama() async throws {
        let (_, job) = try await end(worker: "accuracy='\"NaN\"' finish")
        #expect(job.state == .done)
        #expect(job.outcome?.contains("NaN") == true)
    }

    @Test func whatIsNoEventGoesToTheLog() async throws {
        let (bench, job) = try await end(
            worker: "echo 'libfoo: hello'; printf '\\377\\n'; say notice ',\"message\":\"look\"'; finish")
        #expect(try readFile(bench.outbox("\(job.id)/log.txt")).contains("libfoo: hello\n\u{FFFD}\n"))
        #expect(bench.log.contains("notice look job=\(job.id)"))
    }

    @Test func whatAWorkerStartedEndsWithIt() async throws {
        let (bench, job) = try await end(worker: "sleep 1000 & echo $! >$bench/child; finish")
        #expect(job.state == .done)
        let child = try #require(Int32(try readFile(bench.root["child"]).trimmingCharacters(in: .newlines)))
        try await eventually("the child is gone") { kill(child, 0) != 0 || isZombie(child) }
    }

    private func isZombie(_ pid: Int32) -> Bool {
        guard let text = try? readFile("/proc/\(pid)/stat"), let end = text.lastIndex(of: ")") else { return true }
        return text[end...].hasPrefix(") Z")
    }

    @Test func successIsNotArchivedWhereTheConfigurationSaysSo() async throws {
        let (bench, job) = try await end(worker: "finish") { $0.afterSuccess = .delete }
        #expect(job.keptInput == nil)
        #expect(names(bench.state.archive).isEmpty)
        #expect(!exists(bench.inbox("tiny.job.yaml")))
    }
}
