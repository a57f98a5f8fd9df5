import Foundation
import Ledger
import Manifests
import Synchronization
import Testing

@testable import Daemon

/// The kernel's word of changes, or what is there in its place.
struct Inotify: Sendable {
    var open: @Sendable () -> Int32 = { InboxWatch.inotify() }
}

/// Folders of a daemon, a fake worker for its jobs, and a user's view of it all.
final class Bench: Sendable {
    let root: TemporaryFolder
    private let inboxRoot: TemporaryFolder
    let log = CollectingLog()
    let config: DaemonConfig
    /// Of its daemon.
    let inotify: @Sendable () -> Int32

    /// - Parameters:
    ///   - worker: the body of a `FakeWorker`.
    ///   - inboxParent: a folder on another file system, for the inbox.
    ///   - inotify: opens inotify(7), or fails as it does.
    init(
        worker: String = "finish", inboxParent: String? = nil,
        inotify: Inotify = Inotify(),
        _ change: (inout DaemonConfig) -> Void = { _ in }
    ) throws {
        self.inotify = inotify.open
        root = try TemporaryFolder()
        inboxRoot = try inboxParent.map { try TemporaryFolder(in: $0) } ?? root
        var config = DaemonConfig(folder: root.path, settleSeconds: 0.1, pollSeconds: 0.1, stopSeconds: 10)
        config.inbox = inboxRoot["Inbox"]
        change(&config)
        self.config = config
        try FileManager.default.createDirectory(atPath: config.inbox, withIntermediateDirectories: true)
        try setWorker(worker)
    }

    func setWorker(_ body: String) throws {
        try root.write(FakeWorker.script(bench: root.path, body: body), to: "worker.sh")
    }

    var state: StateLayout { StateLayout(root: config.state) }
    var client: ControlClient { ControlClient(config: config) }

    func tuning(_ faults: Faults = .none) -> DaemonTuning {
        var tuning = DaemonTuning(workerCommand: ["/bin/sh", root["worker.sh"]])
        tuning.crashDelay = .milliseconds(10)
        tuning.troubleDelay = .milliseconds(100)
        tuning.debounce = .milliseconds(2)
        tuning.noticeDelay = .milliseconds(50)
        tuning.faults = faults
        tuning.inotify = inotify
        return tuning
    }

    func daemon(_ faults: Faults = .none, notifier: ServiceNotifier? = nil) throws -> Daemon {
        Daemon(config: config, logger: log.logger, tuning: tuning(faults), notifier: notifier)
    }

    /// Runs a daemon while `body` runs, then stops it and waits for its end.
    func serving<Value>(notifier: ServiceNotifier? = nil, _ body: () async throws -> Value) async throws -> Value {
        let daemon = try daemon(notifier: notifier)
        await Turn.shared.take()
        let run = Task { try await daemon.run() }
        let result: Result<Value, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        daemon.stop()
        do { try await run.value } catch {
            Issue.record("the daemon ended with: \(error)")
        }
        await Turn.shared.give()
        if case .failure = result { Issue.record("the daemon's log:\n\(log.lines.joined(separator: "\n"))") }
        return try result.get()
    }

    /// Runs a daemon that is killed at a point of its first job's way.
    func serveUntilKilled(at point: FaultPoint, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let daemon = try daemon(Faults { reached, _ in if reached == point { throw Faults.Killed() } })
        await Turn.shared.take()
        await #expect(throws: Faults.Killed.self, sourceLocation: sourceLocation) { try await daemon.run() }
        await Turn.shared.give()
    }

    // MARK: What a user does

    func inbox(_ name: String) -> String { "\(config.inbox)/\(name)" }

    /// Puts a file into the inbox, in place.
    func drop(_ text: String, as name: String) throws { try writeFile(text, inbox(name)) }

    /// A dataset as a folder of two classes.
    func dropDataset(_ name: String = "shapes") throws {
        for image in ["round/1.png", "square/1.png"] { try drop("image", as: "\(name)/\(image)") }
    }

    func dropManifest(_ name: String = "tiny.job.yaml", dataset: String = "shapes", _ more: String = "") throws {
        try drop("dataset: \(dataset)\n\(more)\n", as: name)
    }

    // MARK: What a user sees

    private let reader = Mutex<LedgerReader?>(nil)

    /// nil where there is no ledger yet, or its schema is being made just now.
    private func read<Value>(_ body: (LedgerReader) async throws -> Value) async throws -> Value? {
        if reader.withLock({ $0 == nil }), exists(state.ledger) {
            let opened = try client.openLedger()
            reader.withLock { $0 = opened }
        }
        guard let reader = reader.withLock({ $0 }) else { return nil }
        do { return try await body(reader) } catch is LedgerError { return nil }
    }

    /// All jobs, in order of arrival.
    func jobs() async throws -> [JobRecord] { try await read { try await $0.jobs() }?.reversed() ?? [] }

    func notes() async throws -> [InboxNote] { try await read { try await $0.snapshot(history: 0).notes } ?? [] }

    /// The reason for which the inbox holds something back.
    func note(_ path: String) async throws -> String? { try await notes().first { $0.path == path }?.reason }

    /// The daemon has said its last word, and put everything away.
    func hasEnded(_ job: JobRecord) -> Bool { job.state.isFinal && !exists(state.job(job.id).root) }

    /// Waits until so many jobs have ended.
    /// - Returns: all jobs.
    func awaitJobs(_ count: Int, sourceLocation: SourceLocation = #_sourceLocation) async throws -> [JobRecord] {
        var found: [JobRecord] = []
        try await eventually("\(count) jobs have ended", sourceLocation: sourceLocation) {
            found = try await jobs()
            return found.filter(hasEnded).count >= count
        }
        return found
    }

    /// Waits for a job of which the condition holds, without one for a job that has ended.
    func awaitJob(
        _ what: String = "a job has ended", sourceLocation: SourceLocation = #_sourceLocation,
        where condition: ((JobRecord) -> Bool)? = nil
    ) async throws -> JobRecord {
        var found: JobRecord?
        try await eventually(what, sourceLocation: sourceLocation) {
            found = try await jobs().first { job in
                if job.state.isFinal, !hasEnded(job) { return false }
                return condition?(job) ?? job.state.isFinal
            }
            return found != nil
        }
        return try #require(found)
    }

    var outbox: [String] { names(config.outbox) }
    func outbox(_ path: String) -> String { "\(config.outbox)/\(path)" }

    /// `error.json` of a job.
    func failure(_ id: String) throws -> JobFailure {
        try JSONDecoder().decode(
            JobFailure.self, from: Data(contentsOf: URL(fileURLWithPath: outbox("\(id)/error.json"))))
    }

    /// Identifiers of the jobs for which workers were started, in that order.
    var runs: [String] {
        ((try? readFile(root["runs"])) ?? "").split(separator: "\n").map(String.init)
    }

    /// Lets workers go on that `await` this.
    func allow(_ name: String = "go") throws { try root.write("", to: name) }

    /// That the daemon left nothing behind but what it should.
    func expectTidy(sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(names(state.jobs).isEmpty, "private folders are left", sourceLocation: sourceLocation)
        let hidden = [DaemonNames.lock, DaemonNames.failed]
        for folder in [config.inbox, config.outbox, state.archive] {
            let stray = names(folder).filter { $0.hasPrefix(".") && !hidden.contains($0) }
            #expect(stray.isEmpty, "strays in \(folder)", sourceLocation: sourceLocation)
        }
    }
}
