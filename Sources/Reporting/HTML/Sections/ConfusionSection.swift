/// What the student takes for what.
enum ConfusionSection {
    /// Classes up to which the matrix is a table of figures.
    static let tableLimit = 20
    /// Pairs listed below a table of figures, which has them all, and below a drawing, which does not.
    static let shortPairLimit = 8
    static let pairLimit = 25

    static func make(_ report: JobReport) -> Section? {
        let confusion = report.models.student.confusion
        guard confusion.count > 1, report.models.student.testCount > 0 else { return nil }
        let names = ClassNames(report)
        let matrix = confusion.count <= tableLimit ? table(confusion, names) : drawing(confusion)
        return Section(
            id: "confusion", title: "What the student confuses",
            content: matrix + (confusion.count > 2 ? pairs(confusion, names, report.mistakes) : ""))
    }

    private static func table(_ confusion: [[Int]], _ names: ClassNames) -> Markup {
        let heads = confusion.indices.map { "<th scope=\"col\">\(Markup.name(names[$0], limit: 20))</th>" as Markup }
        let rows = confusion.indices.map { label -> Markup in
            let total = confusion[label].reduce(0, +)
            let cells = confusion[label].enumerated().map { predicted, count in
                cell(count, of: total, isRight: label == predicted)
            }
            return "<tr><th scope=\"row\">\(Markup.name(names[label], limit: 24))</th>\(cells)</tr>\n"
        }
        return """
            <p class="note">A row for each true class, a column for each answer, in test images. Blue: right; red: \
            wrong; the stronger, the larger the share of the row.</p>
            <div class="scroll" tabindex="0"><table class="matrix">
            <thead><tr><th>true class, answer</th>\(heads)</tr></thead>
            <tbody>\(rows)</tbody>
            </table></div>
            """
    }

    private static func cell(_ count: Int, of total: Int, isRight: Bool) -> Markup {
        guard count > 0 else { return "<td></td>" }
        let share = Double(count) / Double(total)
        let bounds = isRight ? [0.25, 0.5, 0.75] : [0.05, 0.1, 0.2]
        let level = 1 + bounds.count { share >= $0 }
        let tone = isRight ? "h\(level)" : "m\(level)"
        return "<td class=\"\(tone)\" title=\"\(Figures.percent(share)) of the row\">\(count)</td>"
    }

    private static func drawing(_ confusion: [[Int]]) -> Markup {
        let drawing = MatrixDrawing(confusion: confusion)
        let group = drawing.group
        let unit =
            group == 1
            ? "a square for each pair of classes" : "a square for each pair of groups of \(group) neighbouring classes"
        let description =
            "Rows are true classes, columns answers, \(unit); the most frequent confusions are listed below."
        return """
            <p class="note">Rows are true classes, columns are answers, by the numbers of the table above; \(unit). \
            Blue: right; red: wrong; the stronger, the larger the share of the row.</p>
            <figure class="square">\(drawing.render(description: description))</figure>
            """
    }

    /// Pictures of a pair, and characters of all of them: they are shown once more among the mistakes.
    private static let picturesOfPair = 3
    private static let pictureBytes = 400_000

    private static func pairs(_ confusion: [[Int]], _ names: ClassNames, _ mistakes: [Mistake]) -> Markup {
        let pairs = ConfusedPair.worst(confusion, limit: confusion.count <= tableLimit ? shortPairLimit : pairLimit)
        guard !pairs.isEmpty else {
            return "<p>The student confuses nothing: every answer on the test split is right.</p>"
        }
        var room = pictureBytes
        let rows = pairs.map { pair -> Markup in
            let pictures = pictures(of: pair, mistakes, names, &room)
            return """
                <tr><th scope="row" class="text">\(Markup.name(names[pair.label]))</th>\
                <td class="text">\(Markup.name(names[pair.predicted]))</td><td>\(Figures.whole(pair.count))</td>\
                <td>\(Figures.percent(pair.share))</td><td>\(Figures.whole(pair.reverse))</td>\
                <td class="text">\(pictures)</td></tr>

                """
        }
        return """
            <h3>Most confused</h3>
            <div class="scroll" tabindex="0"><table class="pairs">
            <thead><tr><th scope="col">True class</th><th scope="col" class="text">Taken for</th>\
            <th scope="col">Images</th><th scope="col">Of the class</th><th scope="col">The other way</th>\
            <th scope="col" class="text">Among the worst mistakes</th></tr></thead>
            <tbody>\(rows)</tbody>
            </table></div>
            """
    }

    private static func pictures(of pair: ConfusedPair, _ mistakes: [Mistake], _ names: ClassNames, _ room: inout Int)
        -> Markup
    {
        let own = mistakes.filter { $0.label == pair.label && $0.predicted == pair.predicted }
        var out: Markup = ""
        for mistake in own.prefix(picturesOfPair) {
            guard let uri = mistake.image.flatMap(MistakesSection.safe), uri.utf8.count <= room else { continue }
            room -= uri.utf8.count
            out += MistakesSection.element(mistake, picture: uri, names)
        }
        return out
    }
}
