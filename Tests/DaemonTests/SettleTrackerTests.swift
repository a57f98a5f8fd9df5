import Testing

@testable import Daemon

@Suite struct SettleTrackerTests {
    private let start = ContinuousClock.now
    private func after(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

    @Test func whatIsQuietForLongEnoughHasSettled() {
        var tracker = SettleTracker(quiet: .seconds(2))
        #expect(tracker.observe("a", "1", at: after(0)) == after(2))
        #expect(tracker.observe("a", "1", at: after(1.9)) == after(2))
        #expect(tracker.observe("a", "1", at: after(2)) == nil)
    }

    @Test func everyChangeBeginsAnew() {
        var tracker = SettleTracker(quiet: .seconds(2))
        #expect(tracker.observe("a", "1", at: after(0)) == after(2))
        #expect(tracker.observe("a", "2", at: after(1.5)) == after(3.5))
        #expect(tracker.observe("a", "1", at: after(3)) == after(5))
        #expect(tracker.observe("a", "1", at: after(5)) == nil)
        #expect(tracker.observe("a", "2", at: after(6)) == after(8), "also after it had settled")
    }

    @Test func whatWasAwayBeginsAnew() {
        var tracker = SettleTracker(quiet: .seconds(2))
        #expect(tracker.observe("a", "1", at: after(0)) == after(2))
        #expect(tracker.observe("b", "1", at: after(1)) == after(3))
        tracker.forget(unseenSince: after(1))
        #expect(tracker.observe("a", "1", at: after(2)) == after(4))
        #expect(tracker.observe("b", "1", at: after(3)) == nil)
    }

    @Test func namesThatLookAlikeAreTwo() {
        var tracker = SettleTracker(quiet: .seconds(2))
        #expect(tracker.observe("caf\u{E9}", "1", at: after(0)) != nil)
        #expect(tracker.observe("cafe\u{301}", "2", at: after(0)) != nil)
        #expect(tracker.observe("caf\u{E9}", "1", at: after(2)) == nil)
        #expect(tracker.observe("cafe\u{301}", "2", at: after(2)) == nil)
    }
}
