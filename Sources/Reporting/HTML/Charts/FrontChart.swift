import Foundation
import Manifests

/// What students cost, across, against what they are worth, up; a line joins those that no other beats.
struct FrontChart: Sendable {
    let id: String
    let title: String
    /// Under the axis.
    let unit: String
    /// Above 0.
    let cost: @Sendable (StudentPoint) -> Double
    let label: @Sendable (Double) -> String
    let isOnFront: @Sendable (StudentPoint) -> Bool

    private static let size = (width: 460.0, height: 300.0)
    private static let margin = (left: 52.0, right: 70.0, top: 14.0, bottom: 44.0)

    func render(_ points: [StudentPoint]) -> Markup {
        let margin = Self.margin
        let (left, right) = (margin.left, Self.size.width - margin.right)
        let (top, bottom) = (margin.top, Self.size.height - margin.bottom)
        let costs = points.map(cost)
        // Costs differ by factors, so they are laid along their logarithm.
        let (low, high) = (log(costs.min() ?? 1), log(costs.max() ?? 1))
        let axis = AxisTicks.covering(
            (points.map(\.accuracy).min() ?? 0) * 100, (points.map(\.accuracy).max() ?? 1) * 100, about: 4)
        func across(_ value: Double) -> Double {
            high > low ? left + (log(value) - low) / (high - low) * (right - left) : (left + right) / 2
        }
        func down(_ share: Double) -> Double {
            bottom - (share * 100 - axis.lower) / (axis.upper - axis.lower) * (bottom - top)
        }
        var content: Markup = ""
        for value in axis.values {
            content += Drawing.line(left, down(value / 100), right, down(value / 100), "grid")
            content += Drawing.text(left - 6, down(value / 100) + 4, axis.label(value) + "%", anchor: "end")
        }
        for value in Set([costs.min() ?? 1, costs.max() ?? 1]).sorted() {
            content += Drawing.text(across(value), bottom + 18, label(value), anchor: "middle")
        }
        content += Drawing.text((left + right) / 2, Self.size.height - 6, unit, anchor: "middle")
        let front = points.filter(isOnFront).sorted { (cost($0), $0.name) < (cost($1), $1.name) }
        for (before, after) in zip(front, front.dropFirst()) {
            content += """
                <g class="student">\(Drawing.line(across(cost(before)), down(before.accuracy), across(cost(after)), down(after.accuracy), "line dashed"))</g>
                """
        }
        let heights = Drawing.apart(points.map { down($0.accuracy) + 4 }, gap: 13, within: top...bottom)
        for (i, point) in points.enumerated() {
            let (x, y) = (across(cost(point)), down(point.accuracy))
            let role = isOnFront(point) ? "student" : "plain"
            content += """
                <g class="\(role)">\(Drawing.dot(x, y, radius: point.isChosen ? 6 : 4))\
                \(Drawing.text(x + 9, heights[i], point.name, name: point.isChosen ? "own name" : "own"))</g>
                """
        }
        let words = points.map { "\($0.name): \(label(cost($0))), \(Figures.percent($0.accuracy))." }
        return Drawing.svg(
            id: id, width: Self.size.width, height: Self.size.height, title: title,
            description: words.joined(separator: " "), content)
    }
}
