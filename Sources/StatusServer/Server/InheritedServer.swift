import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// Serves the page on a socket that the service manager has opened. Hummingbird's own server opens its sockets itself.
struct InheritedServer<Responder: HTTPResponder>: Service where Responder.Context == BasicRequestContext {
    let socket: InheritedSocket
    let responder: Responder
    let connectionLimit: Int
    let idleTimeout: TimeAmount
    let logger: Logger
    let onServing: @Sendable () -> Void

    func run() async throws {
        let open = OpenConnections()
        let connection = PageConnection(idleTimeout: idleTimeout) { [logger, responder] request, writer, channel in
            open.hear(channel)
            let context = BasicRequestContext(source: .init(channel: channel, logger: logger))
            let response = try await responder.respond(to: request, context: context)
            try await writer.write(response: response.head, body: response.body)
        }
        let listener = try await listen { [logger] channel in
            connection.setup(channel: channel, logger: logger).map { open.add($0) }
        }
        onServing()
        try await withTaskCancellationOrGracefulShutdownHandler {
            try await listener.closeFuture.get()
        } onCancelOrGracefulShutdown: {
            listener.close(promise: nil)
        }
        open.quiesce()
        await open.ended()
    }

    private func listen(
        _ take: @escaping @Sendable (any Channel) -> EventLoopFuture<Void>
    ) async throws -> any Channel {
        // The socket stays open when this ends: a later attempt may serve it again.
        let own = dup(socket.descriptor)
        guard own >= 0 else { throw IOError(errnoCode: errno, reason: "dup") }
        _ = fcntl(own, F_SETFD, FD_CLOEXEC)
        return try await ServerBootstrap(group: PageThread.shared.group)
            .serverChannelInitializer { [connectionLimit] channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        AvailableConnectionsChannelHandler(maxConnections: connectionLimit))
                }
            }
            .childChannelOption(ChannelOptions.allowRemoteHalfClosure, value: true)
            .childChannelInitializer(take)
            .withBoundSocket(own)
            .get()
    }
}
