import Foundation
import Testing

@testable import Daemon

/// What a service manager hears.
@Suite struct ServiceNotifierTests {
    @Test(arguments: [false, true])
    func messagesAreDatagrams(isAbstract: Bool) throws {
        let manager = try DatagramListener(isAbstract: isAbstract)
        let notifier = try #require(ServiceNotifier(environment: ["NOTIFY_SOCKET": manager.address]))
        notifier.notify(.ready)
        notifier.notify(.watchdog)
        notifier.notify(.status("1 running"))
        notifier.notify(.status("1 running"))
        notifier.notify(.status("2 running"))
        notifier.notify(.stopping(within: 15))
        #expect(
            manager.messages() == [
                "READY=1\nMAINPID=\(getpid())", "WATCHDOG=1", "STATUS=1 running", "STATUS=2 running",
                "STOPPING=1\nSTATUS=Waiting for checkpoints\nEXTEND_TIMEOUT_USEC=15000000",
            ])
    }

    @Test func withoutAManagerNothingIsSaid() {
        #expect(ServiceNotifier(environment: [:]) == nil)
        #expect(ServiceNotifier(environment: ["NOTIFY_SOCKET": ""]) == nil)
        #expect(ServiceNotifier(environment: ["NOTIFY_SOCKET": "relative"]) == nil)
        // A manager that is gone, and a name that is too long: the daemon goes on.
        ServiceNotifier(environment: ["NOTIFY_SOCKET": "/no/such/socket"])?.notify(.ready)
        ServiceNotifier(environment: ["NOTIFY_SOCKET": "/" + String(repeating: "n", count: 200)])?.notify(.ready)
    }

    @Test func theWatchdogIsForTheProcessItNames() {
        func interval(_ more: [String: String]) -> Duration? {
            ServiceNotifier(environment: ["NOTIFY_SOCKET": "/s"].merging(more) { _, new in new })?.watchdogInterval
        }
        #expect(interval([:]) == nil)
        #expect(interval(["WATCHDOG_USEC": "30000000"]) == .seconds(30))
        #expect(interval(["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "\(getpid())"]) == .seconds(30))
        #expect(interval(["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"]) == nil)
        #expect(interval(["WATCHDOG_USEC": "0"]) == nil)
    }

    @Test func aDaemonTellsHowItIs() async throws {
        let manager = try DatagramListener()
        let notifier = try #require(
            ServiceNotifier(environment: ["NOTIFY_SOCKET": manager.address, "WATCHDOG_USEC": "400000"]))
        let bench = try Bench(worker: "suspendable; await go; finish")
        try bench.dropDataset()
        try bench.dropManifest()
        var heard: [String] = []
        try await bench.serving(notifier: notifier) {
            func hear(_ message: String) async throws {
                try await eventually("the manager hears \(message)") {
                    heard += manager.messages()
                    return heard.contains(message)
                }
            }
            try await hear("READY=1\nMAINPID=\(getpid())")
            try await hear("STATUS=1 running, 0 queued")
            heard = []
            try await hear("WATCHDOG=1")
            try bench.allow()
            _ = try await bench.awaitJob()
            try await hear("STATUS=0 running, 0 queued")
        }
        heard += manager.messages()
        #expect(heard.contains { $0.hasPrefix("STOPPING=1\n") })
    }

    /// The watchdog's next meal, in ten minutes, is not waited for.
    @Test func aDaemonWithAWatchdogEndsAtOnce() async throws {
        let manager = try DatagramListener()
        let notifier = try #require(
            ServiceNotifier(environment: ["NOTIFY_SOCKET": manager.address, "WATCHDOG_USEC": "1200000000"]))
        let bench = try Bench(worker: "finish")
        let clock = ContinuousClock()
        var asked = clock.now
        try await bench.serving(notifier: notifier) {
            try await eventually("it is fed") { manager.messages().contains("WATCHDOG=1") }
            asked = clock.now
        }
        #expect(clock.now - asked < .seconds(60))
    }

    /// A bad configuration is refused, and the old one kept; folders wait for a restart.
    @Test func theConfigurationIsReadAgain() async throws {
        let manager = try DatagramListener()
        let notifier = try #require(ServiceNotifier(environment: ["NOTIFY_SOCKET": manager.address]))
        let bench = try Bench(worker: "suspendable; await go; finish")
        try bench.dropDataset()
        for name in ["one", "two"] { try bench.dropManifest("\(name).job.yaml") }
        let daemon = try bench.daemon(notifier: notifier)
        await Turn.shared.take()
        let run = Task { try await daemon.run() }
        try await eventually("one of two runs") { bench.runs.count == 1 }
        _ = manager.messages()
        daemon.reload { throw FileError("open", "/etc/distilld.yaml", EACCES) }
        let heard = manager.messages()
        #expect(heard.first?.hasPrefix("RELOADING=1\nMONOTONIC_USEC=") == true, "\(heard)")
        #expect(heard.contains("READY=1\nMAINPID=\(getpid())"))
        #expect(bench.log.contains("The configuration is refused, and the old one stays"))
        #expect(bench.runs.count == 1)
        var config = bench.config
        config.jobsAtOnce = 2
        config.outbox = "/elsewhere"
        let changed = config
        daemon.reload { changed }
        #expect(bench.log.contains("some of it waits for a restart keys=outbox"))
        try await eventually("the other runs too") { bench.runs.count == 2 }
        try bench.allow()
        _ = try await bench.awaitJobs(2)
        #expect(bench.outbox.count == 2)
        daemon.stop()
        try await run.value
        await Turn.shared.give()
    }

    @Test func aLoopThatHangsIsFound() async throws {
        let beats = Heartbeats()
        #expect(beats.silent(longerThan: .zero).isEmpty, "none has begun")
        beats.beat(.inbox)
        beats.beat(.control)
        try await Task.sleep(for: .milliseconds(30))
        beats.beat(.control)
        #expect(beats.silent(longerThan: .milliseconds(25)) == [.inbox])
    }
}
