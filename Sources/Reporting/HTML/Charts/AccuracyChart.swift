/// Accuracies with their 95% intervals on one axis: whether intervals overlap is seen at a glance.
///
/// Places across are percentages of the page's width, so that text keeps its size on a phone.
enum AccuracyChart {
    /// Of the width: where the axis begins and ends, with room for names and figures beside it.
    private static let left = 19.0
    private static let right = 84.0
    /// In pixels.
    private static let rowHeight = 30.0
    private static let top = 8.0

    static func render(_ models: [ModelResult]) -> Markup {
        let lower = (models.map(\.testInterval95.lower).min() ?? 0) * 100
        let upper = (models.map(\.testInterval95.upper).max() ?? 1) * 100
        let axis = AxisTicks.covering(max(0, lower), min(100, upper), about: 4)
        let bottom = top + rowHeight * Double(models.count)
        func across(_ share: Double) -> Double {
            left + (share * 100 - axis.lower) / (axis.upper - axis.lower) * (right - left)
        }
        var content: Markup = ""
        for value in axis.values {
            let x = across(value / 100)
            content += line(x, top, x, bottom, "grid")
            content += text(x, bottom + 18, axis.label(value) + "%", anchor: "middle")
        }
        for (i, model) in models.enumerated() {
            let y = top + rowHeight * (Double(i) + 0.5)
            let interval = model.testInterval95
            let (start, end, middle) = (across(interval.lower), across(interval.upper), across(model.testAccuracy))
            content += """
                <g class="\(model.role.rawValue)">\
                \(text(left, y + 4, model.role.title, anchor: "end", shift: -12, name: "own name"))\
                \(line(start, y, end, y, "line"))\
                \(line(start, y - 5, start, y + 5, "line"))\(line(end, y - 5, end, y + 5, "line"))\
                <circle class="dot" cx="\(percent(middle))" cy="\(Markup.units(y))" r="5"/>\
                \(text(end, y + 4, Figures.percent(model.testAccuracy), shift: 9, name: "own name"))</g>
                """
        }
        let words = models.map {
            "\($0.role.title): \(Figures.percent($0.testAccuracy)), between \(Figures.percent($0.testInterval95.lower)) "
                + "and \(Figures.percent($0.testInterval95.upper))."
        }
        return """
            <svg style="height:\(Markup.units(bottom + 26))px" role="img" aria-labelledby="accuracy-t accuracy-d">\
            <title id="accuracy-t">Test accuracy with 95% intervals</title>\
            <desc id="accuracy-d">\(words.joined(separator: " "))</desc>\(content)</svg>
            """
    }

    private static func percent(_ x: Double) -> Markup { Markup(trusted: Figures.fixed(x, 2) + "%") }

    private static func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ name: String) -> Markup {
        """
        <line class="\(name)" x1="\(percent(x1))" y1="\(Markup.units(y1))" x2="\(percent(x2))" \
        y2="\(Markup.units(y2))"/>
        """
    }

    /// - Parameter shift: pixels to the right of `x`.
    private static func text(
        _ x: Double, _ y: Double, _ text: String, anchor: String = "start", shift: Double = 0, name: String = ""
    ) -> Markup {
        """
        <text class="\(name)" x="\(percent(x))" y="\(Markup.units(y))" dx="\(Markup.units(shift))" \
        text-anchor="\(anchor)">\(text)</text>
        """
    }
}
