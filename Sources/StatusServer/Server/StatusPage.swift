import Daemon
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import Manifests
import NIOCore
import ServiceLifecycle

/// The daemon's page: what it does and has done, as HTML, JSON and metrics.
///
/// It reads the ledger and the folders as any other program would, and hands wishes to the daemon by its control
/// folder. Where its port is taken the daemon goes on without it, and it is tried again.
public struct StatusPage: Service {
    private let site: Site
    private let logger: Logger
    private let onServing: @Sendable (Int) -> Void
    private let inherited: InheritedSocket?
    private let grace: Duration

    /// - Parameters:
    ///   - environment: tells of a socket that the service manager has opened, which is served instead of the address
    ///     in the configuration.
    ///   - onServing: called with the port when the page is served.
    public init(
        config: DaemonConfig, version: String, logger: Logger,
        environment: [String: String] = ProcessInfo.processInfo.environment,
        onServing: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        self.init(
            config: config, version: version, logger: logger, inherited: InheritedSocket(environment: environment),
            onServing: onServing)
    }

    /// - Parameter grace: what open connections have at the end.
    init(
        config: DaemonConfig, version: String, logger: Logger, inherited: InheritedSocket?,
        grace: Duration = .seconds(2), onServing: @escaping @Sendable (Int) -> Void
    ) {
        site = Site(config: config, version: version)
        self.logger = logger
        self.inherited = inherited
        self.grace = grace
        self.onServing = onServing
    }

    /// Between attempts to have the port.
    private static let retryDelay = Duration.seconds(30)
    /// Connections at the same time; further ones wait.
    private static let connectionLimit = 1024
    private static let idleTimeout = TimeAmount.seconds(60)

    public func run() async throws {
        await withTaskExecutorPreference(PageThread.shared) { await attempt() }
    }

    private func attempt() async {
        var lastTrouble: String?
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            do {
                try await serve()
                return
            } catch is CancellationError {
                return
            } catch {
                let trouble = "\(error)"
                if trouble != lastTrouble {
                    logger.error(
                        "The status page cannot be served; jobs go on, and it is tried again",
                        metadata: ["address": "\(address)", "error": "\(Self.words(for: error))"])
                }
                lastTrouble = trouble
            }
            await cancelWhenGracefulShutdown { try? await Task.sleep(for: Self.retryDelay) }
        }
    }

    private var address: String {
        inherited?.address ?? Self.shown(site.config, site.config.http.port)
    }

    private func serve() async throws {
        var quiet = Logger(label: "distilld.http") { [logger] _ in logger.handler }
        quiet.logLevel = max(.warning, logger.logLevel)
        do { try InboxUpload.removeLeftovers(in: site.config.inbox) } catch let error as FileError {
            logger.warning("Cannot tidy up broken uploads", metadata: ["error": "\(error)"])
        }
        let live = LiveFeed(site: site, logger: quiet)
        let server = try server(live, quiet)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            group.addTask {
                // A reader that never ends, such as a stalled upload, does not hold up the daemon's end.
                try await gracefulShutdown()
                live.end()
                try await Task.sleep(for: grace)
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func server(_ live: LiveFeed, _ quiet: Logger) throws -> any Service {
        let router = Routes(site: site, live: live).router()
        if let inherited {
            guard inherited.isLocal || site.config.http.token != nil else { throw OpenToAll() }
            return InheritedServer(
                socket: inherited, responder: router.buildResponder(), connectionLimit: Self.connectionLimit,
                idleTimeout: Self.idleTimeout, logger: quiet
            ) { [logger, onServing] in
                logger.info(
                    "The status page is served on the service manager's socket",
                    metadata: ["address": "\(inherited.address)"])
                onServing(inherited.port)
            }
        }
        return Application(
            router: router,
            server: HTTPServerBuilder { PageConnection(idleTimeout: Self.idleTimeout, responder: $0) },
            configuration: ApplicationConfiguration(
                address: .hostname(site.config.http.address, port: site.config.http.port),
                availableConnectionsDelegate: MaximumAvailableConnections(Self.connectionLimit)),
            onServerRunning: { [site, logger, onServing] channel in
                let port = channel.localAddress?.port ?? 0
                logger.info("The status page is served", metadata: ["address": "\(Self.shown(site.config, port))"])
                onServing(port)
            },
            eventLoopGroupProvider: .shared(PageThread.shared.group), logger: quiet)
    }

    /// The manager's socket can be reached from elsewhere, and everybody would be let in.
    private struct OpenToAll: Error {}

    private static func shown(_ config: DaemonConfig, _ port: Int) -> String {
        let host = config.http.address
        return "http://\(host.contains(":") ? "[\(host)]" : host):\(port)"
    }

    private static func words(for error: any Error) -> String {
        if error is OpenToAll {
            return "other machines reach this socket; set `http.token` in the configuration, or let the socket's unit "
                + "listen on 127.0.0.1 or a Unix socket"
        }
        guard let error = error as? IOError else { return "\(error)" }
        switch error.errnoCode {
        case EADDRINUSE:
            return "another program has the port; end it, or set `http.port` in the configuration"
        case EADDRNOTAVAIL: return "this machine does not have the address; see `http.address` in the configuration"
        case EACCES: return "this user may not have the port; choose one above 1023"
        default: return "\(error)"
        }
    }
}
