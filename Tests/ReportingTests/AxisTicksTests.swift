import Reporting
import Testing

struct AxisTicksTests {
    @Test func roundNumbersCoverTheRange() {
        #expect(AxisTicks.covering(0, 1).values == [0, 0.2, 0.4, 0.6, 0.8, 1])
        #expect(AxisTicks.covering(8.3, 92).values == [0, 20, 40, 60, 80, 100])
        #expect(AxisTicks.covering(0, 2.31).values == [0, 0.5, 1, 1.5, 2, 2.5])
        #expect(AxisTicks.covering(-3, 12).values == [-5, 0, 5, 10, 15])
    }

    @Test(arguments: [
        (0.0, 1e-9), (0, 0.3), (71.9, 72.1), (-1, 1), (1e12, 1.2e12), (0.1, 0.7), (99.9, 100), (0, 4e7), (3, 3), (0, 0),
    ])
    func everyRange(lower: Double, upper: Double) {
        let ticks = AxisTicks.covering(lower, upper)
        #expect(ticks.lower <= lower + (upper - lower) * 1e-6)
        #expect(ticks.upper >= upper - (upper - lower) * 1e-6)
        #expect((2...9).contains(ticks.values.count))
        let steps = zip(ticks.values.dropFirst(), ticks.values).map(-)
        for step in steps { #expect(abs(step - steps[0]) < steps[0] * 1e-6) }
        // Labels tell all marks apart.
        #expect(Set(ticks.values.map(ticks.label)).count == ticks.values.count)
    }

    @Test func marksHaveNoRoundingDust() {
        #expect(AxisTicks.covering(0, 0.5).values.map { "\($0)" } == ["0.0", "0.1", "0.2", "0.3", "0.4", "0.5"])
        #expect(AxisTicks.covering(0, 0.5).decimals == 1)
    }

    @Test func epochs() {
        #expect(AxisTicks.epochs(1).values == [1, 2])
        #expect(AxisTicks.epochs(3).values == [1, 2, 3])
        #expect(AxisTicks.epochs(30).values == [1, 5, 10, 15, 20, 25, 30])
        #expect(AxisTicks.epochs(200).values == [1, 50, 100, 150, 200])
        #expect(AxisTicks.epochs(12_000).values.allSatisfy { $0 <= 12_000 })
    }
}
