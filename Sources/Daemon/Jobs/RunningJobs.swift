import Synchronization

/// Why a running job is asked to stop.
enum StopReason: Sendable {
    /// It goes on at the daemon's next start.
    case shutdown
    case cancelled
}

/// The jobs that have a supervisor just now, and the way to stop them.
final class RunningJobs: Sendable {
    private struct State {
        var stops: [String: AsyncStream<StopReason>.Continuation] = [:]
        var isShuttingDown = false
    }

    private let state = Mutex(State())

    var isShuttingDown: Bool { state.withLock(\.isShuttingDown) }
    var ids: Set<String> { state.withLock { Set($0.stops.keys) } }

    /// Wishes to stop the job, of which there may be several; also the one that was expressed before.
    func begin(_ id: String) -> AsyncStream<StopReason> {
        let (stream, continuation) = AsyncStream.makeStream(of: StopReason.self)
        state.withLock { state in
            state.stops[id] = continuation
            if state.isShuttingDown { continuation.yield(.shutdown) }
        }
        return stream
    }

    func end(_ id: String) {
        state.withLock { $0.stops.removeValue(forKey: id) }?.finish()
    }

    func stop(_ id: String, _ reason: StopReason) {
        state.withLock { _ = $0.stops[id]?.yield(reason) }
    }

    func shutDown() {
        state.withLock { state in
            state.isShuttingDown = true
            for stop in state.stops.values { stop.yield(.shutdown) }
        }
    }
}
