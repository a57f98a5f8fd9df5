import Foundation

/// Keeps an `EnergyMeter` up to date while a job runs: asked at every event, it looks now and then.
final class EnergyWatch {
    /// Counters wrap round after a minute at the earliest: 262 J of the smallest range, at a few watts.
    private static let interval = Duration.seconds(5)

    private let lock = NSLock()
    private var meter: EnergyMeter
    private var last = ContinuousClock.now

    init(_ meter: EnergyMeter = EnergyMeter()) { self.meter = meter }

    /// From any thread.
    func look() {
        lock.withLock {
            let now = ContinuousClock.now
            guard now - last >= Self.interval else { return }
            last = now
            meter.update()
        }
    }

    /// With what earlier processes of the job took; nil: it cannot be read here.
    func joules(before: Double?) -> Double? {
        lock.withLock {
            meter.update()
            return meter.joules.map { $0 + (before ?? 0) }
        }
    }
}
