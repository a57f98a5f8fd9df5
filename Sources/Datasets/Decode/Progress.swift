/// Passes on how many images are done, a few times a second at most.
final class Progress {
    private static let interval = Duration.milliseconds(250)
    private let body: (_ done: Int, _ total: Int) -> Void
    private let clock = ContinuousClock()
    private var last: ContinuousClock.Instant?

    init(_ body: @escaping (_ done: Int, _ total: Int) -> Void) { self.body = body }

    func report(_ done: Int, of total: Int) {
        let now = clock.now
        if let last, now - last < Self.interval, done < total { return }
        last = now
        body(done, total)
    }

    /// Where the total is not known: it is guessed from the images found in a share of the bytes, 0...1.
    func report(_ done: Int, found: Int, inShare share: Double) {
        report(done, of: share >= 1 ? found : max(found + 1, Int(Double(found) / max(share, 1e-6))))
    }
}
