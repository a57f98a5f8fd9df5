/// Accuracies with their 95% intervals on one axis: whether intervals overlap is seen at a glance.
enum AccuracyChart {
    private static let width = 900.0
    private static let left = 84.0
    private static let right = 70.0
    private static let rowHeight = 30.0
    private static let top = 8.0

    static func render(_ models: [ModelResult]) -> Markup {
        let lower = (models.map(\.testInterval95.lower).min() ?? 0) * 100
        let upper = (models.map(\.testInterval95.upper).max() ?? 1) * 100
        let axis = AxisTicks.covering(max(0, lower), min(100, upper), about: 6)
        let bottom = top + rowHeight * Double(models.count)
        func across(_ share: Double) -> Double {
            left + (share * 100 - axis.lower) / (axis.upper - axis.lower) * (width - left - right)
        }
        var content: Markup = ""
        for value in axis.values {
            let x = across(value / 100)
            content += Drawing.line(x, top, x, bottom, "grid")
            content += Drawing.text(x, bottom + 17, axis.label(value) + "%", anchor: "middle")
        }
        for (i, model) in models.enumerated() {
            let y = top + rowHeight * (Double(i) + 0.5)
            let interval = model.testInterval95
            let (start, end) = (across(interval.lower), across(interval.upper))
            content += """
                <g class="\(model.role.rawValue)">\
                \(Drawing.text(left - 14, y + 4, model.role.title, anchor: "end", name: "own name"))\
                \(Drawing.line(start, y, end, y, "line"))\
                \(Drawing.line(start, y - 5, start, y + 5, "line"))\(Drawing.line(end, y - 5, end, y + 5, "line"))\
                \(Drawing.dot(across(model.testAccuracy), y, radius: 5))\
                \(Drawing.text(end + 9, y + 4, Figures.percent(model.testAccuracy), name: "own name"))</g>
                """
        }
        let words = models.map {
            "\($0.role.title): \(Figures.percent($0.testAccuracy)), between \(Figures.percent($0.testInterval95.lower)) "
                + "and \(Figures.percent($0.testInterval95.upper))."
        }
        return Drawing.svg(
            id: "accuracy", width: width, height: bottom + 24, title: "Test accuracy with 95% intervals",
            description: words.joined(separator: " "), content)
    }
}
