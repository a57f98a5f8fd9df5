/// How long a call takes, in seconds.
struct Timing {
    var median, best: Double

    /// Calls `body` for about `seconds`, at least three times, after two calls that are not counted.
    static func of(seconds: Double, _ body: () -> Void) -> Timing {
        body()
        body()
        let clock = ContinuousClock()
        let start = clock.now
        var times: [Double] = []
        repeat {
            times.append(clock.measure(body) / .seconds(1))
        } while times.count < 3 || start.duration(to: clock.now) / .seconds(1) < seconds
        times.sort()
        return Timing(median: times[times.count / 2], best: times[0])
    }
}
