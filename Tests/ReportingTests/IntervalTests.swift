import Reporting
import Testing

struct IntervalTests {
    struct Values: Decodable {
        struct Wilson: Decodable { let right, count: Int, lower, upper: Double }
        struct Newcombe: Decodable { let first, second: [Int], lower, upper: Double }
        struct Paired: Decodable { let onlyFirst, onlySecond, count: Int, lower, upper: Double }
        struct Quantile: Decodable { let confidence, z: Double }
        let wilson: [Wilson]
        let newcombe: [Newcombe]
        let paired: [Paired]
        let twoSided: [Quantile]
    }

    let values: Values

    init() throws { values = try Goldens.load("intervals") }

    @Test func wilsonAgreesWithStatsmodels() {
        #expect(values.wilson.count == 9)
        for value in values.wilson {
            let found = Interval.wilson95(right: value.right, of: value.count)
            #expect(abs(found.lower - value.lower) < 1e-12, "\(value)")
            #expect(abs(found.upper - value.upper) < 1e-12, "\(value)")
        }
    }

    @Test func newcombeAgreesWithStatsmodels() {
        #expect(values.newcombe.count == 7)
        for value in values.newcombe {
            let found = Interval.newcombe(
                first: (value.first[0], value.first[1]), second: (value.second[0], value.second[1]), z: Interval.z95)
            #expect(abs(found.lower - value.lower) < 1e-12, "\(value)")
            #expect(abs(found.upper - value.upper) < 1e-12, "\(value)")
        }
    }

    @Test func pairedAgreesWithRationalNumbers() {
        #expect(values.paired.count == 7)
        for value in values.paired {
            let found = PairedComparison(
                count: value.count, onlyFirst: value.onlyFirst, onlySecond: value.onlySecond)
            #expect(abs(found.interval95.lower - value.lower) < 1e-12, "\(value)")
            #expect(abs(found.interval95.upper - value.upper) < 1e-12, "\(value)")
        }
    }

    @Test func quantilesAgreeWithSciPy() {
        for value in values.twoSided {
            #expect(abs(Normal.twoSided(confidence: value.confidence) - value.z) < 1e-9, "\(value)")
        }
        #expect(abs(Normal.z95(questions: 1) - Interval.z95) < 1e-12)
        #expect(abs(Normal.z95(questions: 10) - Normal.twoSided(confidence: 0.995)) < 1e-12)
        #expect(Normal.z95(questions: 0) == Normal.z95(questions: 1))
    }

    @Test func noTrialsSayNothing() {
        #expect(Interval.wilson95(right: 0, of: 0) == Interval(lower: 0, upper: 1))
        #expect(Interval.newcombe(first: (0, 0), second: (1, 2), z: 2) == Interval(lower: -1, upper: 1))
        let empty = PairedComparison(count: 0, onlyFirst: 0, onlySecond: 0)
        #expect(empty.difference == 0 && !empty.isSignificant)
    }

    @Test func answersMakeTheSameComparisonAsCounts() {
        let found = PairedComparison(labels: [0, 1, 2, 0, 1], first: [0, 1, 2, 1, 0], second: [0, 0, 1, 0, 2])
        #expect(found == PairedComparison(count: 5, onlyFirst: 2, onlySecond: 1))
        #expect(abs(found.difference - 0.2) < 1e-15)
    }
}
