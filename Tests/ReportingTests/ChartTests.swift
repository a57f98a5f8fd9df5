import Reporting
import Testing

struct ChartTests {
    private func chart(_ values: [Double], isShare: Bool = false) -> String {
        let line = LineChart.Line(name: "Student", role: .student, style: "thick", values: values, marked: 2)
        return LineChart(id: "x", title: "Loss", lines: [line], isShare: isShare).render().text
    }

    private func path(_ svg: String) -> String {
        svg.components(separatedBy: " d=\"").dropFirst().first?.components(separatedBy: "\"").first ?? ""
    }

    @Test func valuesThatAreNoNumbersInterruptTheLine() {
        let path = path(chart([3, 2, .nan, 1, 0.5]))
        #expect(path.filter { $0 == "M" }.count == 2 && path.filter { $0 == "L" }.count == 2)
        #expect(!chart([3, .infinity, .nan]).contains("nan"))
        #expect(chart([.nan, .nan]).contains("no epoch has a number to draw"))
    }

    @Test func aLoneValueIsADot() { #expect(chart([.nan, .nan, 1]).contains("<circle")) }

    @Test func manyEpochsAreThinnedAndKeepTheirSpikes() {
        var values = (0..<10_000).map { 2 - Double($0) / 10_000 }
        values[5003] = 5
        let points = path(chart(values)).split(whereSeparator: { $0 == "M" || $0 == "L" })
        #expect((300...500).contains(points.count))
        // The spike touches the top of the drawing; nothing else comes near it.
        let heights = points.compactMap { Double($0.split(separator: " ")[1]) }
        #expect(heights.min() == 12)
    }

    @Test func aFewSpikesDoNotFlattenALoss() {
        var values = (0..<50).map { 2 - Double($0) / 50 }
        values[3] = 1e6
        let svg = chart(values)
        #expect(svg.contains("Values above the axis are drawn at its top."))
        #expect(!svg.contains(">1000000<"))
    }

    @Test func describedInWords() {
        #expect(
            chart([0.1, 0.5, 0.4], isShare: true).contains("Student: from 10.0% to 40.0% in 3 epochs, kept epoch 2."))
    }

    @Test func labelsKeepApart() {
        let placed = Drawing.apart([50, 51, 49, 120], gap: 14, within: 0...125)
        #expect(placed[2] < placed[0] && placed[0] < placed[1] && placed[1] < placed[3])
        let sorted = placed.sorted()
        for (a, b) in zip(sorted, sorted.dropFirst()) { #expect(b - a >= 14 - 1e-9) }
        let low = Drawing.apart([124, 124, 124], gap: 14, within: 0...125)
        #expect(low.max() == 125 && low.min() == 97)
        #expect(Drawing.apart([], gap: 14, within: 0...1).isEmpty)
    }

    @Test func matrixSquares() {
        let drawing = MatrixDrawing(confusion: [[8, 2, 0], [0, 5, 5], [0, 0, 10]])
        let svg = drawing.render(description: "").text
        #expect(drawing.group == 1)
        // 80% and 100% right, and 50% of the second row; 20% of the first row wrong.
        #expect(svg.contains("class=\"heat l5\" d=\"M0 0h1v1h-1zM1 1h1v1h-1zM2 2h1v1h-1z\""))
        #expect(svg.contains("class=\"miss l3\" d=\"M1 0h1v1h-1z\""))
        #expect(svg.contains("class=\"miss l5\" d=\"M2 1h1v1h-1z\""))
    }
}
