import Synchronization

/// Wakes one waiting loop. A signal raised while nobody waits is kept, so none is lost.
final class Signal: Sendable {
    private struct State {
        var isRaised = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    func raise() {
        let waiter = state.withLock { state in
            state.isRaised = state.waiter == nil
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    /// Returns when the signal is raised, after `duration`, or when the task is cancelled.
    func wait(atMost duration: Duration) async {
        async let _: Void = {
            do { try await Task.sleep(for: duration) } catch { return }
            raise()
        }()
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isRaised = state.withLock { state in
                    guard !state.isRaised, !Task.isCancelled else {
                        state.isRaised = false
                        return true
                    }
                    precondition(state.waiter == nil, "one loop waits for a signal")
                    state.waiter = continuation
                    return false
                }
                if isRaised { continuation.resume() }
            }
        } onCancel: {
            raise()
        }
        // The timer is cancelled with the end of its scope; were it to fire just now, one look too many would come of it.
    }
}
