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
    }

    let http: HTTP1Channel

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        http.setup(channel: channel, logger: logger).map { [http] requests in
            let work = Task(executorPreference: PageThread.shared) {
                await http.handle(value: requests, logger: logger)
            }
            return Value(channel: channel, work: work)
        }
    }

    func handle(value: Value, logger: Logger) async {
        await withTaskCancellationHandler {
            await value.work.value
        } onCancel: {
            value.work.cancel()
        }
    }
}

/// The connections of a server, and how they end with it.
final class OpenConnections: Sendable {
    private struct State {
        var all: [ObjectIdentifier: PageConnection.Value] = [:]
        /// Those that have asked for something.
        var heard: Set<ObjectIdentifier> = []
        var isEnding = false
    }

    private let state = Mutex(State())

    func add(_ connection: PageConnection.Value) {
        let key = ObjectIdentifier(connection.channel)
        state.withLock { $0.all[key] = connection }
        connection.channel.closeFuture.whenComplete { _ in self.remove(key) }
    }

    private func remove(_ key: ObjectIdentifier) {
        state.withLock { state in
            state.all[key] = nil
            state.heard.remove(key)
        }
    }

    /// A request has come on it.
    func hear(_ channel: any Channel) {
        let isLast = state.withLock { state in
            state.heard.insert(ObjectIdentifier(channel))
            return state.isEnding
        }
        if isLast { Self.quiesce(channel) }
    }

    /// Closes each when it has its answer: now, if it is idle. One that has not said yet what it wants is heard first,
    /// as it was taken and nobody else will hear it.
    func quiesce() {
        let idle = state.withLock { state in
            state.isEnding = true
            return state.heard.compactMap { state.all[$0]?.channel }
        }
        for channel in idle { Self.quiesce(channel) }
    }

    private static func quiesce(_ channel: any Channel) {
        channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
    }

    /// Waits for the end of all. Where the caller is cancelled they are, too.
    func ended() async {
        while let (key, connection) = state.withLock({ $0.all.first }) {
            await withTaskCancellationHandler {
                await connection.work.value
            } onCancel: {
                connection.work.cancel()
            }
            remove(key)
        }
    }
}
