import Foundation
import Ledger
import Logging
import Manifests
import ServiceLifecycle

/// The daemon: watches the inbox, runs jobs in worker processes, publishes what they make.
///
/// One task a loop: the inbox's looks, the scheduler with a task for each running job, the control folder, notices to
/// hooks and the webhook, and the watchdog. An error that none of them can live with ends all, and `run` throws it; the
/// next start reconciles.
public final class Daemon: Service {
    private let live: LiveConfig
    private var config: DaemonConfig { live.current }
    private let logger: Logger
    private let tuning: DaemonTuning
    private let notifier: ServiceNotifier?
    private let running = RunningJobs()
    private let inboxSignal = Signal()
    private let schedulerSignal = Signal()
    private let controlSignal = Signal()
    private let noticeSignal = Signal()
    private let watchdogSignal = Signal()

    package init(config: DaemonConfig, logger: Logger, tuning: DaemonTuning, notifier: ServiceNotifier? = nil) {
        live = LiveConfig(config)
        self.logger = logger
        self.tuning = tuning
        self.notifier = notifier
    }

    /// Runs until a graceful shutdown: then no job is begun, workers write their checkpoints, and it returns.
    /// - Throws: `FolderLock.Held` where another daemon serves these folders, `FileError`, `LedgerError`.
    public func run() async throws {
        let state = StateLayout(root: config.state)
        try createFolders(state)
        let locks = [
            try FolderLock(file: state.lock, what: "state folder \(config.state)"),
            try FolderLock(file: Path.join(config.inbox, DaemonNames.lock), what: "inbox \(config.inbox)"),
        ]
        defer { withExtendedLifetime(locks) {} }
        let ledger = try await LedgerRescue(state: state, outbox: config.outbox, logger: logger).open()
        let context = DaemonContext(
            live: live, state: state, ledger: ledger, logger: logger, heartbeats: Heartbeats(),
            notices: noticeSignal, tuning: tuning)
        try await Reconciler(context: context).run()
        try Retention(context: context).run()
        logger.info(
            "Serving", metadata: ["inbox": "\(config.inbox)", "outbox": "\(config.outbox)", "state": "\(config.state)"])
        notifier?.notify(.ready)
        try await withTaskCancellationOrGracefulShutdownHandler {
            try await runLoops(context)
        } onCancelOrGracefulShutdown: {
            self.stop()
        }
        try ledger.close()
        logger.info("Stopped")
    }

    /// Ends `run` as a graceful shutdown does.
    package func stop() {
        notifier?.notify(.stopping(within: config.stopSeconds + 5))
        running.shutDown()
        for signal in [inboxSignal, schedulerSignal, controlSignal, noticeSignal, watchdogSignal] { signal.raise() }
    }

    /// Reads the configuration again, as SIGHUP asks for. One that cannot be used is refused, and the old one stays.
    package func reload(_ read: () throws -> DaemonConfig) {
        notifier?.notify(.reloading)
        do {
            let waiting = live.replace(with: try read())
            if waiting.isEmpty {
                logger.notice("Read the configuration again")
            } else {
                logger.warning(
                    "Read the configuration again; some of it waits for a restart",
                    metadata: ["keys": "\(waiting.joined(separator: ", "))"])
            }
        } catch {
            logger.error("The configuration is refused, and the old one stays", metadata: ["error": "\(error)"])
        }
        notifier?.notify(.ready)
        for signal in [inboxSignal, schedulerSignal, controlSignal] { signal.raise() }
    }

    private func runLoops(_ context: DaemonContext) async throws {
        let commands = JobCommands(context, running: running, scheduler: schedulerSignal)
        let notifier = notifier
        let scheduler = Scheduler(context, running: running, wake: schedulerSignal) { running, queued in
            notifier?.notify(.status("\(running) running, \(queued) queued"))
        }
        let interval = loopInterval
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.watchInbox(context, commands, interval) }
            group.addTask { try await scheduler.run(lookEvery: interval) }
            group.addTask { try await self.obey(context, commands, interval) }
            group.addTask {
                try await NoticeLoop(context: context, running: self.running, wake: self.noticeSignal).run()
            }
            if let notifier, let limit = notifier.watchdogInterval {
                group.addTask { await self.feedWatchdog(notifier, context.heartbeats, limit) }
            }
            while (try await group.next()) != nil {}
        }
    }

    /// How long a loop waits at most: its poll interval, and never so long that the watchdog would bite.
    private var loopInterval: Duration {
        let poll = Duration.seconds(config.pollSeconds)
        return min(poll, notifier?.watchdogInterval.map { $0 / 4 } ?? poll)
    }

    // MARK: Loops

    private func watchInbox(_ context: DaemonContext, _ commands: JobCommands, _ interval: Duration) async throws {
        let watch = InboxWatch(raising: inboxSignal, logger: logger, open: tuning.inotify)
        var known = context.config
        var intake = Intake(context, commands: commands, watch: watch, scheduler: schedulerSignal)
        var lastTrouble: String?
        while !running.isShuttingDown {
            try Task.checkCancellation()
            context.heartbeats.beat(.inbox)
            if context.config != known {
                known = context.config
                intake = Intake(context, commands: commands, watch: watch, scheduler: schedulerSignal)
            }
            var next: Duration?
            do {
                next = try await intake.look()
                lastTrouble = nil
            } catch  where error is FileError || error is LedgerError {
                // An inbox that is unmounted comes back; until then it is said once.
                if lastTrouble != "\(error)" {
                    logger.error("Cannot look at the inbox; it is tried again", metadata: ["error": "\(error)"])
                }
                lastTrouble = "\(error)"
            }
            await inboxSignal.wait(atMost: min(interval, next ?? interval))
            // A burst of changes is one look.
            if !running.isShuttingDown { try await Task.sleep(for: tuning.debounce) }
        }
    }

    private func obey(_ context: DaemonContext, _ commands: JobCommands, _ interval: Duration) async throws {
        let watch = InboxWatch(raising: controlSignal, logger: logger, open: tuning.inotify)
        let control = ControlFolder(context, commands: commands)
        watch.watch([context.state.control])
        while !running.isShuttingDown {
            try Task.checkCancellation()
            context.heartbeats.beat(.control)
            do { try await control.obey() } catch  where error is FileError || error is LedgerError {
                logger.error("Cannot carry out a command", metadata: ["error": "\(error)"])
            }
            await controlSignal.wait(atMost: interval)
        }
    }

    private func feedWatchdog(_ notifier: ServiceNotifier, _ heartbeats: Heartbeats, _ limit: Duration) async {
        while !running.isShuttingDown {
            let silent = heartbeats.silent(longerThan: limit)
            if silent.isEmpty {
                notifier.notify(.watchdog)
            } else {
                logger.critical(
                    "A loop of the daemon hangs; the watchdog is not fed",
                    metadata: ["loops": "\(silent.map(\.rawValue).joined(separator: ", "))"])
            }
            await watchdogSignal.wait(atMost: limit / 2)
            if Task.isCancelled { return }
        }
    }

    // MARK: -

    private func createFolders(_ state: StateLayout) throws {
        try Folder.create(config.inbox)
        try Folder.create(config.outbox)
        try Folder.create(config.state, mode: 0o700)
        for folder in [state.jobs, state.archive, state.cache, state.control, state.notices] {
            try Folder.create(folder, mode: 0o700)
        }
    }

    package static func ownExecutable() throws -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        guard count > 0 else { throw FileError("read the link", "/proc/self/exe") }
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
