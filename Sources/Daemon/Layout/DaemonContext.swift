import Ledger
import Logging
import Manifests

/// What every part of the daemon works with.
struct DaemonContext: Sendable {
    let live: LiveConfig
    let state: StateLayout
    let ledger: Ledger
    let logger: Logger
    let heartbeats: Heartbeats
    /// Raised when there is a notice to deliver.
    let notices: Signal
    let tuning: DaemonTuning

    /// As it is now.
    var config: DaemonConfig { live.current }

    var faults: Faults { tuning.faults }

    var ids: JobIDs { JobIDs(ledger: ledger, state: state, inbox: config.inbox, outbox: config.outbox) }

    /// The logger of a job, whose lines name it.
    func logger(of id: String) -> Logger {
        var logger = logger
        logger[metadataKey: "job"] = "\(id)"
        return logger
    }
}

/// What no configuration file says.
package struct DaemonTuning: Sendable {
    /// Program and first arguments; `--order FILE` follows.
    package var workerCommand: [String]
    /// The same, of who follows a worker on a cluster.
    package var followerCommand: [String]
    package var faults = Faults.none
    /// Before a crashed worker is started again.
    package var crashDelay: Duration = .seconds(1)
    /// Crashes without progress after which a job fails.
    package var crashesAllowed = 3
    /// Before something that the disk refused is tried again.
    package var troubleDelay: Duration = .seconds(30)
    /// After a hint that the inbox has changed, so that a burst of changes is one look.
    package var debounce: Duration = .milliseconds(50)

    /// Before a notice that the webhook did not take is sent again; doubles each time.
    package var noticeDelay: Duration = .seconds(10)

    /// Opens inotify(7), or fails as it does.
    var inotify: @Sendable () -> Int32 = { InboxWatch.inotify() }

    package init(workerCommand: [String], followerCommand: [String] = []) {
        self.workerCommand = workerCommand
        self.followerCommand = followerCommand
    }

    /// With the subcommands of the program itself.
    package init(program: String) {
        self.init(workerCommand: [program, "worker"], followerCommand: [program, "follow"])
    }
}
