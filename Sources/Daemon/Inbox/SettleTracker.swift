/// Decides when something that was dropped has been quiet for long enough.
///
/// Time comes from a monotonic clock, so that setting the wall clock neither hurries nor delays anything; the times
/// of files are compared with one another only, so that a file server's clock may differ.
package struct SettleTracker {
    package typealias Instant = ContinuousClock.Instant

    private struct Sight {
        var fingerprint: String
        /// When it was first seen like this.
        var since: Instant
        var lastSeen: Instant
    }

    package let quiet: Duration
    private var sights: [PathKey: Sight] = [:]

    package init(quiet: Duration) { self.quiet = quiet }

    /// - Returns: the instant at which `path` will have settled if nothing changes; nil: it has.
    package mutating func observe(_ path: String, _ fingerprint: String, at now: Instant) -> Instant? {
        let key = PathKey(path)
        var sight = sights[key] ?? Sight(fingerprint: fingerprint, since: now, lastSeen: now)
        if sight.fingerprint != fingerprint { sight = Sight(fingerprint: fingerprint, since: now, lastSeen: now) }
        sight.lastSeen = now
        sights[key] = sight
        let settles = sight.since + quiet
        return settles <= now ? nil : settles
    }

    /// Forgets what was not observed since `instant`.
    package mutating func forget(unseenSince instant: Instant) {
        sights = sights.filter { $0.value.lastSeen >= instant }
    }
}
