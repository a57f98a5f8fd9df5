/// A confusion matrix too large for a table: a square a pair of classes, or a pair of groups of neighbouring classes.
///
/// Squares of one strength are one path, so that a page with a thousand classes opens at once.
package struct MatrixDrawing {
    /// `confusion[label][predicted]`, in images.
    package let confusion: [[Int]]
    /// Squares to a side at most: their number bounds the page's size.
    static let sideLimit = 200
    /// Smallest share of each strength, faintest first.
    static let levels = [0.0, 0.02, 0.05, 0.1, 0.25, 0.5]

    package init(confusion: [[Int]]) { self.confusion = confusion }

    /// Classes to a square's side: 1 where each has its own.
    package var group: Int { max(1, (confusion.count + Self.sideLimit - 1) / Self.sideLimit) }
    private var side: Int { (confusion.count + group - 1) / group }

    package func render(description: String) -> Markup {
        let size = 640.0
        let margin = 44.0
        var right = [String](repeating: "", count: Self.levels.count)
        var wrong = right
        for (row, sums) in sums().enumerated() {
            let total = sums.reduce(0, +)
            for (column, count) in sums.enumerated() where count > 0 {
                let share = Double(count) / Double(total)
                let level = Self.levels.lastIndex { share >= $0 } ?? 0
                let square = "M\(column) \(row)h1v1h-1z"
                if row == column { right[level] += square } else { wrong[level] += square }
            }
        }
        let paths = right.indices.map { level -> Markup in
            """
            <path class="heat l\(level)" d="\(Markup(trusted: right[level]))"/>\
            <path class="miss l\(level)" d="\(Markup(trusted: wrong[level]))"/>
            """
        }
        let scale = (size - margin) / Double(side)
        let content: Markup = """
            <rect class="ground" x="\(Markup.units(margin))" y="0" width="\(Markup.units(size - margin))" \
            height="\(Markup.units(size - margin))"/>\
            <g transform="translate(\(Markup.units(margin)) 0) scale(\(Markup(trusted: Figures.fixed(scale, 4))))">\(paths)</g>\
            \(labels(margin, scale, size))
            """
        return Drawing.svg(
            id: "matrix", width: size, height: size, title: "Confusion matrix of the student", description: description,
            content)
    }

    /// Images by pairs of groups.
    private func sums() -> [[Int]] {
        var sums = [[Int]](repeating: [Int](repeating: 0, count: side), count: side)
        for (label, row) in confusion.enumerated() {
            for (predicted, count) in row.enumerated() where count > 0 {
                sums[label / group][predicted / group] += count
            }
        }
        return sums
    }

    /// Numbers of classes, as the table of classes gives them, along the left and the bottom.
    private func labels(_ margin: Double, _ scale: Double, _ size: Double) -> Markup {
        let ticks = AxisTicks.epochs(confusion.count, about: 10).values.filter { $0 <= Double(confusion.count) }
        return ticks.reduce(into: "" as Markup) { out, number in
            let middle = ((number - 1) / Double(group) + 0.5 / Double(group)) * scale
            let text = Figures.whole(Int(number))
            out += Drawing.text(margin - 7, middle + 4, text, anchor: "end")
            out += Drawing.text(margin + middle, size - margin + 17, text, anchor: "middle")
        }
    }
}
