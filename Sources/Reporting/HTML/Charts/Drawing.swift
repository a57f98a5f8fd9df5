/// A drawing's frame: inline SVG that scales with the page and says in words what it shows.
package enum Drawing {
    /// - Parameters:
    ///   - id: unique in the page.
    ///   - title: what it is, `description`: what there is to see in it; both for screen readers.
    static func svg(
        id: String, width: Double, height: Double, title: String, description: String, _ content: Markup
    ) -> Markup {
        """
        <svg viewBox="0 0 \(Markup.units(width)) \(Markup.units(height))" role="img" \
        aria-labelledby="\(id)-t \(id)-d"><title id="\(id)-t">\(title)</title>\
        <desc id="\(id)-d">\(description)</desc>\(content)</svg>
        """
    }

    static func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ name: String) -> Markup {
        """
        <line class="\(name)" x1="\(Markup.units(x1))" y1="\(Markup.units(y1))" x2="\(Markup.units(x2))" \
        y2="\(Markup.units(y2))"/>
        """
    }

    static func text(_ x: Double, _ y: Double, _ text: String, anchor: String = "start", name: String = "") -> Markup {
        let attribute: Markup = name.isEmpty ? "" : " class=\"\(name)\""
        return """
            <text\(attribute) x="\(Markup.units(x))" y="\(Markup.units(y))" text-anchor="\(anchor)">\(text)</text>
            """
    }

    static func dot(_ x: Double, _ y: Double, radius: Double = 4) -> Markup {
        "<circle class=\"dot\" cx=\"\(Markup.units(x))\" cy=\"\(Markup.units(y))\" r=\"\(Markup.units(radius))\"/>"
    }

    /// Moves labels apart so that neighbours keep `gap`, as little as may be, within `range`; same order as given.
    package static func apart(_ positions: [Double], gap: Double, within range: ClosedRange<Double>) -> [Double] {
        let order = positions.indices.sorted { (positions[$0], $0) < (positions[$1], $1) }
        var placed = order.map { min(max(positions[$0], range.lowerBound), range.upperBound) }
        for i in placed.indices.dropFirst() { placed[i] = max(placed[i], placed[i - 1] + gap) }
        if let last = placed.indices.last, placed[last] > range.upperBound {
            placed[last] = range.upperBound
            for i in placed.indices.dropLast().reversed() { placed[i] = min(placed[i], placed[i + 1] - gap) }
        }
        var result = positions
        for (i, index) in order.enumerated() { result[index] = placed[i] }
        return result
    }
}
