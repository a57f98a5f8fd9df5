import Dispatch
import Foundation
import Logging
import Manifests
import ServiceLifecycle

/// What `distilld serve` does.
public enum DaemonProgram {
    /// Serves until SIGTERM or SIGINT. SIGHUP reads the configuration again; where the daemon was started from a
    /// terminal, it means that the terminal is gone, and ends it too.
    ///
    /// - Parameters:
    ///   - beside: services that run while the daemon does. Their end is not the daemon's: jobs matter more.
    ///   - read: reads the configuration.
    public static func serve(
        beside: (Logger) throws -> [any Service] = { _ in [] }, _ read: @escaping @Sendable () throws -> DaemonConfig
    ) async throws {
        let config = try read()
        try await serve(config, tuning: nil, beside: beside, read)
    }

    /// - Parameter tuning: nil: that of a daemon in earnest.
    package static func serve(
        _ config: DaemonConfig, tuning: DaemonTuning?, beside: (Logger) throws -> [any Service] = { _ in [] },
        _ read: (@Sendable () throws -> DaemonConfig)? = nil
    ) async throws {
        let environment = ProcessInfo.processInfo.environment
        let handler = DaemonLogHandler(config: config.log, environment: environment)
        let logger = Logger(label: "distilld") { _ in handler }
        let daemon = try Daemon(
            config: config, logger: logger,
            tuning: tuning ?? DaemonTuning(program: Daemon.ownExecutable()),
            notifier: ServiceNotifier(environment: environment))
        var quiet = Logger(label: "distilld.lifecycle") { _ in handler }
        quiet.logLevel = .warning
        let others = try beside(logger).map { service in
            ServiceGroupConfiguration.ServiceConfiguration(
                service: service, successTerminationBehavior: .ignore, failureTerminationBehavior: .ignore)
        }
        var group = ServiceGroupConfiguration(
            services: [.init(service: daemon, successTerminationBehavior: .gracefullyShutdownGroup)] + others,
            gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet)
        let hangups: (any DispatchSourceSignal)?
        if let read, isatty(STDIN_FILENO) == 0 {
            signal(SIGHUP, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: SIGHUP)
            source.setEventHandler { daemon.reload(read) }
            source.resume()
            hangups = source
        } else {
            hangups = nil
            group.gracefulShutdownSignals.append(.sighup)
        }
        defer { hangups?.cancel() }
        // Workers are killed after `stopSeconds`; whatever else hangs then, the daemon does not.
        group.maximumGracefulShutdownDuration = .seconds(config.stopSeconds + 10)
        try await ServiceGroup(configuration: group).run()
    }
}
