/// Values over epochs, a line each, named where they end.
///
/// Lines differ by colour, by dashes and by weight, so that they can be told apart in black and white. A value that
/// is not finite interrupts its line.
package struct LineChart {
    package struct Line {
        let name: String
        let role: ModelResult.Role
        /// Of the style sheet: empty (solid), `dashed`, `thin`, `thick`.
        let style: String
        /// Epoch 1 first.
        let values: [Double]
        /// The epoch that gets a dot, counted from 1.
        var marked: Int?

        package init(name: String, role: ModelResult.Role, style: String, values: [Double], marked: Int? = nil) {
            self.name = name
            self.role = role
            self.style = style
            self.values = values
            self.marked = marked
        }
    }

    let id: String
    let title: String
    let lines: [Line]
    /// Whether values are shares, shown in percent.
    let isShare: Bool
    let width: Double
    let height: Double
    /// Values that the axis must reach, so that charts side by side have the same one.
    let alsoReaches: [Double]

    package init(
        id: String, title: String, lines: [Line], isShare: Bool, width: Double = 440, height: Double = 270,
        alsoReaches: [Double] = []
    ) {
        self.id = id
        self.title = title
        self.lines = lines
        self.isShare = isShare
        self.width = width
        self.height = height
        self.alsoReaches = alsoReaches
    }

    private static let left = 44.0
    private static let top = 12.0
    private static let bottom = 40.0
    private static let labelGap = 14.0
    /// Points drawn of a line; more cannot be seen.
    private static let pointLimit = 400

    package func render() -> Markup {
        let finite = (lines.flatMap(\.values) + alsoReaches).filter(\.isFinite)
        guard let lowest = finite.min(), let highest = finite.max() else {
            return "<p class=\"note\">\(title): no epoch has a number to draw.</p>"
        }
        let scale = isShare ? 100.0 : 1
        let top = isShare ? highest : Self.reach(finite.sorted(), highest)
        let y = AxisTicks.covering(isShare ? lowest * scale : min(0, lowest), top * scale)
        let x = AxisTicks.epochs(lines.map(\.values.count).max() ?? 1)
        let frame = Frame(
            left: Self.left, right: width - rightMargin, top: Self.top, bottom: height - Self.bottom, x: x, y: y,
            epochs: Double(max(lines.map(\.values.count).max() ?? 1, 2)))
        var content = axes(frame)
        content += lines.reduce(into: "" as Markup) { $0 += drawn($1, frame, scale) }
        content += names(frame, scale)
        return Drawing.svg(
            id: id, width: width, height: height, title: title, description: description(cut: top < highest), content)
    }

    /// Where a loss axis ends: at the highest value, or, where a few spikes would flatten all else, below them.
    private static func reach(_ sorted: [Double], _ highest: Double) -> Double {
        let usual = sorted[(sorted.count - 1) * 9 / 10]
        return usual > 0 && highest > 4 * usual ? 1.5 * usual : highest
    }

    private var rightMargin: Double { 16 + 7 * Double(lines.map(\.name.count).max() ?? 0) }

    private struct Frame {
        let left, right, top, bottom: Double
        let x, y: AxisTicks
        let epochs: Double

        func across(_ epoch: Double) -> Double { left + (epoch - 1) / (epochs - 1) * (right - left) }
        func down(_ value: Double) -> Double {
            let share = (min(max(value, y.lower), y.upper) - y.lower) / (y.upper - y.lower)
            return bottom - share * (bottom - top)
        }
    }

    private func axes(_ frame: Frame) -> Markup {
        var out: Markup = ""
        for value in frame.y.values {
            let y = frame.down(value)
            out += Drawing.line(frame.left, y, frame.right, y, value == frame.y.lower ? "axis" : "grid")
            let label = frame.y.label(value) + (isShare ? "%" : "")
            out += Drawing.text(frame.left - 7, y + 4, label, anchor: "end")
        }
        for epoch in frame.x.values where epoch <= frame.epochs {
            let x = frame.across(epoch)
            out += Drawing.line(x, frame.bottom, x, frame.bottom + 4, "axis")
            out += Drawing.text(x, frame.bottom + 17, frame.x.label(epoch), anchor: "middle")
        }
        return out + Drawing.text((frame.left + frame.right) / 2, frame.bottom + 33, "epoch", anchor: "middle")
    }

    private func drawn(_ line: Line, _ frame: Frame, _ scale: Double) -> Markup {
        var path = ""
        var isDown = false
        var alone: Markup = ""
        let values = line.values
        for i in Self.chosen(values) {
            guard values[i].isFinite else {
                isDown = false
                continue
            }
            let point = (frame.across(Double(i + 1)), frame.down(values[i] * scale))
            path += "\(isDown ? "L" : "M")\(Markup.units(point.0).text) \(Markup.units(point.1).text)"
            let isAlone = !isDown && (i + 1 == values.count || !values[i + 1].isFinite)
            if isAlone { alone += Drawing.dot(point.0, point.1, radius: 2.5) }
            isDown = true
        }
        var dot: Markup = ""
        if let marked = line.marked, values.indices.contains(marked - 1), values[marked - 1].isFinite {
            dot = Drawing.dot(frame.across(Double(marked)), frame.down(values[marked - 1] * scale))
        }
        return """
            <g class="\(line.role.rawValue)"><path class="line \(line.style)" d="\(path)"/>\(alone)\(dot)</g>
            """
    }

    /// Indices to draw: all, or of each group of many the lowest and the highest, so that spikes stay.
    private static func chosen(_ values: [Double]) -> [Int] {
        guard values.count > pointLimit else { return Array(values.indices) }
        let group = (values.count * 2 + pointLimit - 1) / pointLimit
        return stride(from: 0, to: values.count, by: group).flatMap { start -> [Int] in
            let range = start..<min(start + group, values.count)
            if let broken = range.first(where: { !values[$0].isFinite }) { return [broken] }
            let low = range.min { values[$0] < values[$1] } ?? start
            let high = range.max { values[$0] < values[$1] } ?? start
            return low == high ? [low] : [min(low, high), max(low, high)]
        }
    }

    private func names(_ frame: Frame, _ scale: Double) -> Markup {
        let ends = lines.compactMap { line -> (line: Line, x: Double, y: Double)? in
            guard let last = line.values.lastIndex(where: \.isFinite) else { return nil }
            return (line, frame.across(Double(last + 1)), frame.down(line.values[last] * scale))
        }
        let placed = Drawing.apart(ends.map(\.y), gap: Self.labelGap, within: frame.top...frame.bottom)
        return zip(ends, placed).reduce(into: "" as Markup) { out, item in
            let (end, y) = item
            let label = Drawing.text(frame.right + 9, y + 4, end.line.name, name: "own name")
            // A line that ends early is led to its name.
            let lead =
                frame.right - end.x > 6
                ? Drawing.line(end.x + 5, end.y, frame.right + 5, y, "lead") : "" as Markup
            out += "<g class=\"\(end.line.role.rawValue)\">\(lead)\(label)</g>"
        }
    }

    private func description(cut: Bool) -> String {
        let parts = lines.map { line -> String in
            let finite = line.values.filter(\.isFinite)
            guard let first = finite.first, let last = finite.last else { return "\(line.name): no numbers." }
            let kept = line.marked.map { ", kept epoch \($0)" } ?? ""
            let broken = finite.count < line.values.count ? ", with epochs that are not a number" : ""
            return "\(line.name): from \(figure(first)) to \(figure(last)) in "
                + "\(Figures.count(line.values.count, "epoch"))\(kept)\(broken)."
        }
        return parts.joined(separator: " ") + (cut ? " Values above the axis are drawn at its top." : "")
    }

    private func figure(_ value: Double) -> String { isShare ? Figures.percent(value) : Figures.fixed(value, 3) }
}
