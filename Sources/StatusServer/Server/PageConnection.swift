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

/// The connections of a server that is its own.
final class OpenConnections: Sendable {
    private let all = Mutex<[ObjectIdentifier: PageConnection.Value]>([:])

    func add(_ connection: PageConnection.Value) {
        let key = ObjectIdentifier(connection.channel)
        all.withLock { $0[key] = connection }
        connection.channel.closeFuture.whenComplete { _ in self.all.withLock { $0[key] = nil } }
    }

    /// Closes what is idle now, and the others when they have their answers.
    func quiesce() {
        for connection in all.withLock({ Array($0.values) }) {
            connection.channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        }
    }

    /// Waits for the end of all. Where the caller is cancelled they are, too.
    func ended() async {
        while let (key, connection) = all.withLock({ $0.first }) {
            await withTaskCancellationHandler {
                await connection.work.value
            } onCancel: {
                connection.work.cancel()
            }
            all.withLock { $0[key] = nil }
        }
    }
}
