import Foundation
import Ledger
import Manifests
import Testing

@testable import Daemon

/// What `distilld status` and `distilld logs` say.
@Suite struct StatusTests {
    private static let training = """
        suspendable
        stage teacher 10; epoch teacher 3 10
        echo 'epoch 3' >&2
        await go
        finish
        """

    @Test func aRunningJobIsDescribed() async throws {
        let bench = try Bench(worker: Self.training)
        try bench.dropDataset()
        try bench.dropManifest("tiny.job.yaml")
        try await bench.serving {
            _ = try await bench.awaitJob("it runs") { $0.workerPID != nil }
            try await eventually("it trains") { try await bench.client.status().running.first?.progress?.epoch == 3 }
            try bench.dropManifest("next.job.yaml")
            try bench.dropManifest("lost.job.yaml", dataset: "nowhere")
            try bench.drop("?", as: "letter.txt")
            _ = try await bench.awaitJob("the next is queued") { $0.name == "next" }
            try await eventually("all is seen") { try await bench.notes().count == 2 }

            let report = try await bench.client.status()
            #expect(report.isDaemonRunning)
            // The worker's clock stands at 1970: no time is left.
            let words = "teacher, epoch 3 of 10, 71.2% right, 3,210 images/s, about 0 s left in this stage"
            #expect(StatusText.line(report) == words)
            let text = StatusText.render(report)
            let id = try #require(report.running.first?.id)
            #expect(text.hasPrefix("Running (1)\n  \(id)  \(words)\n\nQueued (1)\n  next-"))
            #expect(text.contains("Waiting in the inbox (1)\n  lost.job.yaml: waiting for nowhere\n"))
            #expect(text.contains("Left alone in the inbox (1)\n  letter.txt: neither a manifest"))
            let json = try JSONSerialization.jsonObject(with: Data(report.json.utf8)) as? [String: Any]
            #expect((json?["running"] as? [[String: Any]])?.first?["id"] as? String == id)
            #expect((json?["schemaVersion"] as? Int) == 1)
            try bench.allow()
            _ = try await bench.awaitJobs(2)
            let after = try await bench.client.status()
            #expect(StatusText.line(after).isEmpty)
            #expect(StatusText.render(after).contains("ago\n      The student is as good as its teacher.\n"))
        }
    }

    @Test func withoutADaemonItIsSaid() async throws {
        let bench = try Bench()
        let error = await #expect(throws: ControlClient.Failure.self) { try await bench.client.status() }
        #expect(
            error?.description.hasPrefix("No daemon has served the state folder \(bench.config.state) yet.") == true)
        try await bench.serving { try await eventually("it serves") { bench.log.contains("Serving") } }
        let report = try await bench.client.status()
        #expect(!report.isDaemonRunning)
        #expect(
            StatusText.render(report) == """
                The daemon is not running; this is how it left things.

                Nothing to do: drop a dataset and a NAME.job.yaml into \(bench.config.inbox).

                """)
        #expect(StatusText.line(report).isEmpty)
    }

    @Test func durationsAreForPeople() {
        #expect(StatusText.duration(0.4) == "0 s")
        #expect(StatusText.duration(89) == "89 s")
        #expect(StatusText.duration(90) == "2 min")
        #expect(StatusText.duration(5400) == "1.5 h")
        #expect(StatusText.duration(200_000) == "2 days")
    }

    @Test func aLogIsFollowedToItsEnd() async throws {
        let bench = try Bench(worker: Self.training)
        try bench.dropDataset()
        try bench.dropManifest()
        try await bench.serving {
            _ = try await bench.awaitJob("it runs") { $0.workerPID != nil }
            try await eventually("it trains") { try await bench.client.status().running.first?.progress?.epoch == 3 }
            var soFar = ""
            try await bench.client.log(of: "tiny").read(follow: false) { soFar += String(decoding: $0, as: UTF8.self) }
            #expect(soFar.contains(" worker started as process ") && soFar.contains("epoch 3\n"))
            let log = try await bench.client.log(of: "tiny")
            let following = Task {
                var text = ""
                try await log.read(follow: true) { text += String(decoding: $0, as: UTF8.self) }
                return text
            }
            try bench.setWorker(Self.training)
            try bench.allow()
            let job = try await bench.awaitJob()
            #expect(try await following.value == soFar)
            var published = ""
            try await bench.client.log(of: job.id).read(follow: true) {
                published += String(decoding: $0, as: UTF8.self)
            }
            #expect(published == soFar)
        }
    }

    @Test func aJobWithoutALogIsSaidToHaveNone() async throws {
        let bench = try Bench()
        try bench.dropDataset()
        try bench.dropManifest("tiny.job.yaml", "seed: none")
        try await bench.serving {
            let id = try await bench.awaitJob().id
            let error = await #expect(throws: LogReader.Missing.self) {
                try await bench.client.log(of: "tiny").read(follow: true) { _ in }
            }
            #expect(error?.description == "\(id) has no log: it never ran, or its folder was removed from the outbox.")
        }
    }

    @Test func linesOfTheDaemonsOwnLog() {
        let time = Date(timeIntervalSince1970: 0)
        let fields: [String: String] = ["job": "a-1", "error": "no \"space\" left"]
        func line(_ format: LogConfig.Format) -> String {
            DaemonLogHandler.line(
                format, .warning, "Cannot\ngo on", fields.mapValues { .string($0) }, at: time)
        }
        #expect(
            line(.text) == "1970-01-01T00:00:00.000Z warning  Cannot\\ngo on error=\"no \\\"space\\\" left\" job=a-1\n")
        #expect(line(.journal) == "<4>Cannot\\ngo on error=\"no \\\"space\\\" left\" job=a-1\n")
        #expect(
            line(.json) == #"{"error":"no \"space\" left","job":"a-1","level":"warning","message":"Cannot\ngo on","#
                + #""time":"1970-01-01T00:00:00.000Z"}"# + "\n")
    }

    @Test func aLogInPiecesIsAnObjectALine() throws {
        var lines = LogLines()
        var text = try lines.json(of: Array("one\ntw".utf8))
        text += try lines.json(of: Array("o \"quoted\" a/b\n\nlast".utf8))
        #expect(
            String(decoding: text, as: UTF8.self)
                == #"{"line":"one"}"# + "\n" + #"{"line":"two \"quoted\" a/b"}"# + "\n" + #"{"line":""}"# + "\n")
        #expect(String(decoding: try lines.rest(), as: UTF8.self) == #"{"line":"last"}"# + "\n")
        #expect(try lines.rest().isEmpty)
    }
}
