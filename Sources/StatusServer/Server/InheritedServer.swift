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
        let connection = HTTP1Channel(
            responder: { [logger, responder] request, writer, channel in
                let context = BasicRequestContext(source: .init(channel: channel, logger: logger))
                let response = try await responder.respond(to: request, context: context)
                try await writer.write(response: response.head, body: response.body)
            }, configuration: .init(idleTimeout: idleTimeout))
        // The socket stays open when this ends: a later attempt may serve it again.
        let own = dup(socket.descriptor)
        guard own >= 0 else { throw IOError(errnoCode: errno, reason: "dup") }
        _ = fcntl(own, F_SETFD, FD_CLOEXEC)
        let listener: NIOAsyncChannel<HTTP1Channel.Value, Never> = try await ServerBootstrap(
            group: PageThread.shared.group
        )
        .childChannelOption(ChannelOptions.allowRemoteHalfClosure, value: true)
        .bind(own, serverBackPressureStrategy: nil) { [logger] channel in
            connection.setup(channel: channel, logger: logger)
        }
        onServing()
        try await withGracefulShutdownHandler {
            try await withThrowingTaskGroup(of: Void.self) { group in
                try await listener.executeThenClose { accepted in
                    var open = 0
                    for try await channel in accepted {
                        if open == connectionLimit {
                            try await group.next()
                            open -= 1
                        }
                        group.addTask { [logger] in await connection.handle(value: channel, logger: logger) }
                        open += 1
                    }
                }
                try await group.waitForAll()
            }
        } onGracefulShutdown: {
            listener.channel.close(promise: nil)
        }
    }
}
