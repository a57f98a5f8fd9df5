import Foundation
import Logging
import Manifests
import ServiceLifecycle

/// What `distilld serve` does.
public enum DaemonProgram {
    /// Serves until SIGTERM, SIGINT or SIGHUP.
    ///
    /// - Parameter beside: services that run while the daemon does. Their end is not the daemon's: jobs matter more.
    public static func serve(
        _ config: DaemonConfig, beside: (Logger) throws -> [any Service] = { _ in [] }
    ) async throws {
        try await serve(config, tuning: nil, beside: beside)
    }

    /// - Parameter tuning: nil: that of a daemon in earnest.
    package static func serve(
        _ config: DaemonConfig, tuning: DaemonTuning?, beside: (Logger) throws -> [any Service] = { _ in [] }
    ) async throws {
        let environment = ProcessInfo.processInfo.environment
        let handler = DaemonLogHandler(config: config.log, environment: environment)
        let logger = Logger(label: "distilld") { _ in handler }
        let daemon = try Daemon(
            config: config, logger: logger,
            tuning: tuning ?? DaemonTuning(workerCommand: [Daemon.ownExecutable(), "worker"]),
            notifier: ServiceNotifier(environment: environment))
        var quiet = Logger(label: "distilld.lifecycle") { _ in handler }
        quiet.logLevel = .warning
        let others = try beside(logger).map { service in
            ServiceGroupConfiguration.ServiceConfiguration(
                service: service, successTerminationBehavior: .ignore, failureTerminationBehavior: .ignore)
        }
        var group = ServiceGroupConfiguration(
            services: [.init(service: daemon, successTerminationBehavior: .gracefullyShutdownGroup)] + others,
            gracefulShutdownSignals: [.sigterm, .sigint, .sighup], logger: quiet)
        // Workers are killed after `stopSeconds`; whatever else hangs then, the daemon does not.
        group.maximumGracefulShutdownDuration = .seconds(config.stopSeconds + 10)
        try await ServiceGroup(configuration: group).run()
    }
}
