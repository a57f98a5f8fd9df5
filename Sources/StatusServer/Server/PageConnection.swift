import HummingbirdCore
import Logging
import NIOCore
import Synchronization

/// One connection of the page, served from the moment it is taken.
///
/// SwiftNIO hands connections on through a queue. What is in it when the server ends is dropped, and a dropped channel
/// that nobody has finished ends the whole process (`NIOAsyncWriter`'s `deinit`). Here a task has each at once.
struct PageConnection: ServerChildChannel {
    struct Value: ServerChildChannelValue {
        let channel: any Channel
        let work: Task<Void, Never>

        /// Waits for its end, which comes with a cancellation of the caller.
        func end() async {
            await withTaskCancellationHandler {
                await work.value
            } onCancel: {
                work.cancel()
            }
        }
    }

    private let http: HTTP1Channel

    init(idleTimeout: TimeAmount, responder: @escaping HTTPChannelHandler.Responder) {
        http = HTTP1Channel(responder: responder, configuration: .init(idleTimeout: idleTimeout))
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        http.setup(channel: channel, logger: logger).map { [http] requests in
            let work = Task(executorPreference: PageThread.shared) {
                await http.handle(value: requests, logger: logger)
            }
            return Value(channel: channel, work: work)
        }
    }

    func handle(value: Value, logger: Logger) async { await value.end() }
}

/// The connections of a server, and how they end with it.
final class OpenConnections: Sendable {
    private struct State {
        var all: [ObjectIdentifier: (connection: PageConnection.Value, isHeard: Bool)] = [:]
        var isEnding = false
    }

    private let state = Mutex(State())

    func add(_ connection: PageConnection.Value) {
        let key = ObjectIdentifier(connection.channel)
        state.withLock { $0.all[key] = (connection, isHeard: false) }
        connection.channel.closeFuture.whenComplete { _ in self.state.withLock { $0.all[key] = nil } }
    }

    /// A request has come on it.
    func hear(_ channel: any Channel) {
        let isLast = state.withLock { state in
            state.all[ObjectIdentifier(channel)]?.isHeard = true
            return state.isEnding
        }
        if isLast { Self.quiesce(channel) }
    }

    /// Closes each when it has its answer: now, if it is idle. One that has not said yet what it wants is heard first,
    /// as it was taken and nobody else will hear it.
    func quiesce() {
        let heard = state.withLock { state in
            state.isEnding = true
            return state.all.values.filter(\.isHeard)
        }
        for (connection, _) in heard { Self.quiesce(connection.channel) }
    }

    private static func quiesce(_ channel: any Channel) {
        channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
    }

    /// Waits for the end of all. Where the caller is cancelled they are, too.
    func ended() async {
        while let (_, (connection, _)) = state.withLock({ $0.all.popFirst() }) { await connection.end() }
    }
}
