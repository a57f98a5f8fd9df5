import Manifests

/// What was tried before the student was kept, what it showed, and the students there are to choose from.
enum TuningSection {
    static func make(_ report: JobReport) -> Section? {
        let students = report.students ?? []
        guard report.tuning != nil || students.count > 1 else { return nil }
        let content: Markup = """
            \(report.tuning.map { trials($0) } ?? "")
            \(students.count > 1 ? front(students, report) : "")
            """
        return Section(
            id: "tuning", title: report.tuning == nil ? "What size costs" : "What was tried", content: content)
    }

    private static func trials(_ record: TuningRecord) -> Markup {
        let own = record.trials.first
        let chosen = record.trials.first { $0.number == record.chosen }
        let last = record.rungs.count
        func accuracy(_ trial: TuningRecord.Trial?) -> String? {
            trial?.results.first { $0.rung == last }.map { Figures.percent($0.accuracy) }
        }
        let versus =
            record.chosen == 1
            ? "No trial was better than the job's own settings."
            : accuracy(own).map { "The job's own settings reach \($0) of the evaluation split." } ?? ""
        let found = chosen?.settings.words.map { "<code>\($0.key): \($0.value)</code>" as Markup } ?? []
        let list = found.enumerated().reduce(into: "" as Markup) { $0 += ($1.offset == 0 ? "" : ", ") + $1.element }
        return """
            <p>Trial \(record.chosen) of \(record.trials.count) is kept\(accuracy(chosen).map { ", right about \($0) of the evaluation split" } ?? ""). \
            \(versus) The search took \(Figures.duration(record.seconds)) and cost as much as \
            \(Figures.fixed(record.fullTrainings, 1)) trainings of the student, its own included.\
            \(record.isCutShort ? " The budget ended it early." : "")</p>
            \(record.chosen == 1 ? "" : "<p class=\"note\">Found: \(list).</p>" as Markup)
            <figure><figcaption><strong>Every trial</strong> <span>a line each; thick: the one that is kept, dashed: the \
            job's own settings, faint: trained on the first rung alone. The accuracy is that of the first rung.</span>\
            </figcaption>\(ParallelChart.render(record))</figure>
            \(importance(record))
            \(rungs(record))
            <details><summary>All trials</summary>\(table(record))</details>
            """
    }

    private static func importance(_ record: TuningRecord) -> Markup {
        guard !record.importance.isEmpty else { return "" }
        let rows = record.importance.map { one -> Markup in
            """
            <tr><th scope="row" class="text">\(one.key)</th><td class="barred">\
            <span class="figure">\(Figures.percent(one.share, 0))</span> \
            \(InlineBar.share(one.share, role: .student))</td></tr>

            """
        }
        return """
            <h3>What mattered</h3>
            <p class="note">The share of the differences between the trials that a setting explains by itself, corrected for \
            chance. Settings that only act together show little.</p>
            <div class="scroll" tabindex="0"><table>
            <thead><tr><th scope="col" class="text">Setting</th><th scope="col">Explains</th></tr></thead>
            <tbody>\(rows)</tbody></table></div>
            """
    }

    private static func rungs(_ record: TuningRecord) -> Markup {
        let rows = record.rungs.enumerated().filter { $0.element.trials > 0 }.map { index, rung -> Markup in
            """
            <tr><th scope="row" class="text">\(index + 1)</th><td>\(rung.trials)</td><td>\(rung.epochs)</td>\
            <td>\(Figures.whole(rung.trainImages))</td><td>\(Figures.whole(rung.judgeImages))</td></tr>

            """
        }
        return """
            <h3>How it was tried</h3>
            <p class="note">Many short trainings, then longer ones of the best. Short ones are judged by the evaluation \
            split and, where it is small, by training images kept back from them; whole ones by the evaluation split.</p>
            <div class="scroll" tabindex="0"><table>
            <thead><tr><th scope="col" class="text">Rung</th><th scope="col">Trials</th><th scope="col">Epochs</th>\
            <th scope="col">Images learned</th><th scope="col">Judged by</th></tr></thead>
            <tbody>\(rows)</tbody></table></div>
            """
    }

    private static func table(_ record: TuningRecord) -> Markup {
        // A key for each column that any trial has.
        var keys: [String] = []
        for key in record.trials.flatMap({ $0.settings.words.map(\.key) }) where !keys.contains(key) {
            keys.append(key)
        }
        let head = keys.map { "<th scope=\"col\">\($0)</th>" as Markup }
        let rungs = record.rungs.indices.filter { record.rungs[$0].trials > 0 }
        let scores = rungs.map { "<th scope=\"col\">\(Figures.count(record.rungs[$0].epochs, "epoch"))</th>" as Markup }
        let rows = record.trials.map { trial -> Markup in
            let values = keys.map { key -> Markup in
                "<td>\(trial.settings.words.first { $0.key == key }?.value ?? "")</td>"
            }
            let found = rungs.map { rung -> Markup in
                guard let result = trial.results.first(where: { $0.rung == rung + 1 }) else { return "<td></td>" }
                return result.hasDiverged ? "<td>diverged</td>" : "<td>\(Figures.percent(result.accuracy))</td>"
            }
            let name = trial.number == 1 ? "1, the job's own" : "\(trial.number)"
            let kept = trial.number == record.chosen ? ", kept" : ""
            return "<tr><th scope=\"row\" class=\"text\">\(name)\(kept)</th>\(values)\(found)</tr>\n"
        }
        return """
            <div class="scroll" tabindex="0"><table>
            <thead><tr><th scope="col" class="text">Trial</th>\(head)\(scores)</tr></thead>
            <tbody>\(rows)</tbody></table></div>
            """
    }

    private static func front(_ students: [StudentPoint], _ report: JobReport) -> Markup {
        let rows = students.sorted { ($0.parameters, $0.name) < ($1.parameters, $1.name) }.map { one -> Markup in
            let front =
                one.isBestOfSize && one.isBestOfTime
                ? "size and time" : one.isBestOfSize ? "size" : one.isBestOfTime ? "time" : ""
            let place = one.folder.map { Markup.path($0) } ?? "this folder"
            return """
                <tr><th scope="row" class="text">\(one.name)\(one.isChosen ? ", kept" : "")</th>\
                <td>\(Figures.percent(one.accuracy))</td><td>\(Figures.whole(one.parameters))</td>\
                <td>\(Figures.short(one.multiplyAccumulates))</td>\
                <td>\(one.latencyMilliseconds.map { Figures.milliseconds($0) } ?? "")</td>\
                <td class="text">\(front)</td><td class="text">\(place)</td></tr>

                """
        }
        let differ = Set(students.map(\.parameters)).count > 1
        let charts: Markup =
            differ
            ? """
            <div class="charts">
            <figure><figcaption><strong>Accuracy and size</strong></figcaption>\(bySize.render(students))</figure>
            <figure><figcaption><strong>Accuracy and time</strong></figcaption>\(byTime.render(students))</figure>
            </div>
            """ : ""
        return """
            <h3>Students to choose from</h3>
            <p class="note">All were trained to the end, and their accuracies are of the evaluation split. Those that no \
            other beats in size, or in time, are named so and joined by a line. Each is exported: \
            <code>distilld export</code> takes its folder.</p>
            \(charts)
            <div class="scroll" tabindex="0"><table>
            <thead><tr><th scope="col" class="text">Student</th><th scope="col">Right answers</th>\
            <th scope="col">Parameters</th><th scope="col">Multiply-adds</th><th scope="col">An image takes</th>\
            <th scope="col" class="text">Best of its</th><th scope="col" class="text">Files</th></tr></thead>
            <tbody>\(rows)</tbody></table></div>
            """
    }

    private static let bySize = FrontChart(
        id: "front-size", title: "Accuracy against parameters", unit: "parameters",
        cost: { Double(max($0.parameters, 1)) }, label: { Figures.short(Int($0)) }, isOnFront: { $0.isBestOfSize })

    private static let byTime = FrontChart(
        id: "front-time", title: "Accuracy against multiply-adds of an image", unit: "multiply-adds of an image",
        cost: { Double(max($0.multiplyAccumulates, 1)) }, label: { Figures.short(Int($0)) },
        isOnFront: { $0.isBestOfTime })
}
