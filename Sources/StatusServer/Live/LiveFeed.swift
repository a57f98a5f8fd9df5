import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Synchronization

/// Sends the changing parts of pages to the browsers that show them (server-sent events).
///
/// However many readers there are, a page's parts are made by one task that lives as long as somebody reads: once a
/// second, and of 25 readers every two. Only parts that have changed are sent.
final class LiveFeed: Sendable {
    enum Topic: Hashable, Sendable {
        case overview
        case job(String)
    }

    private let site: Site
    private let logger: Logger
    private let state = Mutex(State())

    private struct State {
        var channels: [Topic: Channel] = [:]
        var nextReader = 0
        var hasEnded = false
    }

    private struct Channel {
        var readers: [Int: AsyncStream<ByteBuffer>.Continuation] = [:]
        /// As they were last sent.
        var parts: [LivePart] = []
        var maker: Task<Void, Never>?
    }

    private static let interval = Duration.seconds(1)
    /// For each so many readers, another interval is waited.
    private static let crowd = 25
    /// Rounds after which something is sent even if nothing has changed, so that no proxy takes the silence for death.
    private static let heartbeat = 15

    init(site: Site, logger: Logger) {
        self.site = site
        self.logger = logger
    }

    /// The stream of one reader. Ends with the server, and when the reader goes.
    func response(_ topic: Topic) async throws -> Response {
        let stream = subscribe(topic)
        let body = ResponseBody { writer in
            try await writer.write(ByteBuffer(string: "retry: 2000\n\n"))
            for await piece in stream { try await writer.write(piece) }
            try await writer.finish(nil)
        }
        return Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"], body: body)
    }

    /// Ends all streams; later ones end at once.
    func end() {
        let channels = state.withLock { state in
            state.hasEnded = true
            defer { state.channels = [:] }
            return state.channels.values
        }
        for channel in channels {
            channel.maker?.cancel()
            for reader in channel.readers.values { reader.finish() }
        }
    }

    private func subscribe(_ topic: Topic) -> AsyncStream<ByteBuffer> {
        let (stream, continuation) = AsyncStream.makeStream(of: ByteBuffer.self, bufferingPolicy: .bufferingNewest(64))
        let reader: Int? = state.withLock { state in
            guard !state.hasEnded else { return nil }
            state.nextReader += 1
            let reader = state.nextReader
            state.channels[topic, default: Channel()].readers[reader] = continuation
            // What has changed between the page and now.
            if let parts = state.channels[topic]?.parts, !parts.isEmpty { continuation.yield(Self.events(parts)) }
            if state.channels[topic]?.maker == nil {
                state.channels[topic]?.maker = Task(executorPreference: PageThread.shared) { await self.make(topic) }
            }
            return reader
        }
        guard let reader else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { _ in self.unsubscribe(reader, topic) }
        return stream
    }

    private func unsubscribe(_ reader: Int, _ topic: Topic) {
        let maker: Task<Void, Never>? = state.withLock { state in
            state.channels[topic]?.readers[reader] = nil
            guard state.channels[topic]?.readers.isEmpty == true else { return nil }
            return state.channels.removeValue(forKey: topic)?.maker
        }
        maker?.cancel()
    }

    private func make(_ topic: Topic) async {
        var round = 0
        while !Task.isCancelled {
            do {
                let parts = try await LiveParts(site: site).parts(topic)
                send(parts, topic, isHeartbeat: round % Self.heartbeat == 0)
            } catch {
                logger.debug("The page's parts could not be made", metadata: ["error": "\(error)"])
            }
            round += 1
            let readers = state.withLock { $0.channels[topic]?.readers.count ?? 0 }
            // A crowd looks a little less often: training goes first.
            do { try await Task.sleep(for: Self.interval * (1 + readers / Self.crowd)) } catch { return }
        }
    }

    private static func events(_ parts: [LivePart]) -> ByteBuffer {
        ByteBuffer(string: parts.map(\.event).joined())
    }

    private func send(_ parts: [LivePart], _ topic: Topic, isHeartbeat: Bool) {
        state.withLock { state in
            guard let channel = state.channels[topic] else { return }
            // Encoded once, however many read, and one piece for each: what a reader costs is the write.
            let changed = parts.filter { !channel.parts.contains($0) }
            let piece =
                changed.isEmpty ? isHeartbeat ? ByteBuffer(string: ": alive\n\n") : nil : Self.events(changed)
            lazy var all = Self.events(parts)
            state.channels[topic]?.parts = parts
            guard let piece else { return }
            for reader in channel.readers.values {
                // One that does not keep up has lost something: it gets all, and of that the newest is kept.
                if case .dropped = reader.yield(piece) { reader.yield(all) }
            }
        }
    }
}

/// A part of a page that changes by itself: the content of the element with its identifier.
struct LivePart: Equatable, Sendable {
    let id: String
    let html: String

    /// `data:` lines may not hold line breaks of their own; JSON has none.
    var event: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes]
        let json = (try? encoder.encode(["id": id, "html": html])) ?? Data("{}".utf8)
        return "data: \(String(decoding: json, as: UTF8.self))\n\n"
    }
}
