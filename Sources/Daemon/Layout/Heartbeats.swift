import Synchronization

/// When each of the daemon's loops last came round. The watchdog is fed only while all of them do.
final class Heartbeats: Sendable {
    enum Loop: String, CaseIterable, Sendable { case inbox, scheduler, control }

    private let beats = Mutex<[Loop: ContinuousClock.Instant]>([:])

    func beat(_ loop: Loop) {
        beats.withLock { $0[loop] = ContinuousClock.now }
    }

    /// The loops that have begun and were silent for longer than `limit`.
    func silent(longerThan limit: Duration) -> [Loop] {
        let oldest = ContinuousClock.now - limit
        return beats.withLock { beats in Loop.allCases.filter { beats[$0].map { $0 < oldest } ?? false } }
    }
}
