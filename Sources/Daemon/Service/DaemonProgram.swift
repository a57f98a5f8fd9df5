import Foundation
import Logging
import Manifests
import ServiceLifecycle

/// What `distilld serve` does.
public enum DaemonProgram {
    /// Serves until SIGTERM, SIGINT or SIGHUP.
    public static func serve(_ config: DaemonConfig) async throws { try await serve(config, tuning: nil) }

    /// - Parameter tuning: nil: that of a daemon in earnest.
    package static func serve(_ config: DaemonConfig, tuning: DaemonTuning?) async throws {
        let environment = ProcessInfo.processInfo.environment
        let handler = DaemonLogHandler(config: config.log, environment: environment)
        let logger = Logger(label: "distilld") { _ in handler }
        let daemon = try Daemon(
            config: config, logger: logger,
            tuning: tuning ?? DaemonTuning(workerCommand: [Daemon.ownExecutable(), "worker"]),
            notifier: ServiceNotifier(environment: environment))
        var quiet = Logger(label: "distilld.lifecycle") { _ in handler }
        quiet.logLevel = .warning
        var group = ServiceGroupConfiguration(
            services: [.init(service: daemon, successTerminationBehavior: .gracefullyShutdownGroup)],
            gracefulShutdownSignals: [.sigterm, .sigint, .sighup], logger: quiet)
        // Workers are killed after `stopSeconds`; whatever else hangs then, the daemon does not.
        group.maximumGracefulShutdownDuration = .seconds(config.stopSeconds + 10)
        try await ServiceGroup(configuration: group).run()
    }
}
