/// Small bars that stand in a table's cell beside their figure, which says the same.
enum InlineBar {
    private static let width = 112.0
    private static let height = 12.0

    /// A share of 0...1 from the left.
    static func share(_ share: Double, role: ModelResult.Role) -> Markup {
        let end = min(max(share, 0), 1) * width
        return frame(bar(0, end, role.rawValue))
    }

    /// A difference from the middle: losses to the left, gains to the right, `reach` to either end; in colour only
    /// where it is sure.
    static func change(_ change: Double, reach: Double, isSure: Bool) -> Markup {
        let size = reach > 0 ? min(abs(change) / reach, 1) * width / 2 : 0
        let middle = width / 2
        let tone = !isSure ? "plain" : change < 0 ? "bad" : "good"
        let axis = Drawing.line(middle, 0, middle, height, "axis")
        return frame(
            (change < 0 ? bar(middle - size, size, tone) : bar(middle, size, tone)) + axis)
    }

    private static func bar(_ x: Double, _ length: Double, _ tone: String) -> Markup {
        """
        <g class="\(tone)"><rect class="bar" x="\(Markup.units(x))" y="2" width="\(Markup.units(length))" height="8"/></g>
        """
    }

    private static func frame(_ content: Markup) -> Markup {
        "<svg class=\"inline\" viewBox=\"0 0 112 12\" aria-hidden=\"true\">\(content)</svg>"
    }
}
