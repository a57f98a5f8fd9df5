import Foundation
import Reporting
import Testing

struct FiguresTests {
    @Test func fixedDecimals() {
        #expect(Figures.fixed(1.25, 1) == "1.2" && Figures.fixed(1.75, 1) == "1.8")
        #expect(Figures.fixed(-0.01, 1) == "0.0")
        #expect(Figures.fixed(-0.06, 1) == "-0.1")
        #expect(Figures.fixed(1234.5678, 2) == "1234.57")
        #expect(Figures.fixed(.nan, 1) == "n/a")
        #expect(Figures.fixed(-.infinity, 1) == "n/a")
    }

    @Test(arguments: [
        (0, "0"), (7, "7"), (999, "999"), (1000, "1,000"), (-1000, "-1,000"), (1_234_567, "1,234,567"),
        (Int.min, "-9,223,372,036,854,775,808"),
    ])
    func whole(value: Int, text: String) { #expect(Figures.whole(value) == text) }

    @Test func countsOfThings() {
        #expect(Figures.count(1, "image") == "1 image")
        #expect(Figures.count(0, "image") == "0 images")
        #expect(Figures.count(1200, "class", plural: "classes") == "1,200 classes")
    }

    @Test func shares() {
        #expect(Figures.percent(0.8641) == "86.4%")
        #expect(Figures.percent(1) == "100.0%")
        #expect(Figures.percent(0.5, 0) == "50%")
        #expect(Figures.percent(.nan) == "n/a")
        #expect(Figures.points(0.017) == "1.7 points")
        #expect(Figures.points(0.01) == "1.0 point")
        #expect(Figures.points(0.0004) == "0.04 points")
        #expect(Figures.signedPoints(0.017) == "+1.7")
        #expect(Figures.signedPoints(-0.003) == "-0.3")
        #expect(Figures.signedPoints(-0.0001) == "0.0")
        #expect(Figures.signedPoints(.nan) == "n/a")
    }

    @Test(arguments: [(3.491, "3.5x"), (99.94, "99.9x"), (99.96, "100x"), (1234, "1234x"), (.infinity, "n/a")])
    func factors(value: Double, text: String) { #expect(Figures.factor(value) == text) }

    @Test(arguments: [
        (0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (314_120, "314 kB"), (1_234_567, "1.2 MB"),
        (999_600, "1.0 MB"), (5_000_000_000_000_000, "5000 TB"),
    ])
    func bytes(value: Int, text: String) { #expect(Figures.bytes(value) == text) }

    @Test func shortCounts() {
        #expect(Figures.short(999) == "999")
        #expect(Figures.short(78_042) == "78.0 k")
        #expect(Figures.short(12_500_992) == "12.5 M")
    }

    @Test(arguments: [(0.5171, "0.517 ms"), (1.842, "1.84 ms"), (12.14, "12.1 ms"), (1312, "1.3 s"), (.nan, "n/a")])
    func milliseconds(value: Double, text: String) { #expect(Figures.milliseconds(value) == text) }

    @Test(arguments: [
        (8.2, "8.2 s"), (59.94, "59.9 s"), (59.96, "1 min 00 s"), (185, "3 min 05 s"), (3599.6, "1 h 00 min"),
        (7620, "2 h 07 min"), (-1, "n/a"), (.nan, "n/a"),
    ])
    func durations(value: Double, text: String) { #expect(Figures.duration(value) == text) }

    @Test func datesAreUTC() {
        #expect(Figures.date(Date(timeIntervalSince1970: 1_732_446_420)) == "2024-11-24 11:07 UTC")
    }
}
