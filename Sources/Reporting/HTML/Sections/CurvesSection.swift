import Manifests

/// Loss and accuracy over epochs.
enum CurvesSection {
    static func make(_ report: JobReport) -> Section? {
        let runs = report.models.all.compactMap { Run($0, report.epochs) }
        guard !runs.isEmpty else { return nil }
        // One axis for all networks' accuracies; their training losses are of different kinds.
        let shares = runs.flatMap { $0.epochs.flatMap { [$0.trainAccuracy, $0.evaluationAccuracy] } }
        let content: Markup = """
            <p class="note">All on the evaluation split, which chose the epoch that was kept (the dot).\
            \(report.data.hasTestSplit ? " It is not the test split." : "")</p>
            <div class="charts">
            \(figure("Accuracy", "evaluation split", chart("c-accuracy", "Evaluation accuracy", runs, true)))
            \(figure("Loss", "cross-entropy, evaluation split", chart("c-loss", "Evaluation loss", runs, false)))
            </div>
            <h3>Training against evaluation</h3>
            <p class="note">Lines that part mean learning by heart. Training figures are of augmented images, which are \
            harder; the distilled student's training loss counts its distance from the teacher, so only its course \
            compares with the other.</p>
            <div class="charts small">
            \(runs.map { figure($0.model.role.title, "accuracy", $0.pair(isShare: true, reach: shares)) })
            \(runs.map { figure($0.model.role.title, "loss", $0.pair(isShare: false, reach: [])) })
            </div>
            """
        return Section(id: "curves", title: "How they learned", content: content)
    }

    private static func figure(_ title: String, _ detail: String, _ chart: Markup) -> Markup {
        "<figure><figcaption><strong>\(title)</strong> <span>\(detail)</span></figcaption>\(chart)</figure>\n"
    }

    private static func chart(_ id: String, _ title: String, _ runs: [Run], _ isShare: Bool) -> Markup {
        let lines = runs.map { run in
            LineChart.Line(
                name: run.model.role.title, role: run.model.role, style: run.style,
                values: run.epochs.map { isShare ? $0.evaluationAccuracy : $0.evaluationLoss },
                marked: run.model.bestEpoch)
        }
        return LineChart(id: id, title: title, lines: lines, isShare: isShare).render()
    }

    /// A network with its epochs.
    private struct Run {
        let model: ModelResult
        let epochs: [EpochRecord]

        init?(_ model: ModelResult, _ all: [EpochRecord]) {
            self.model = model
            epochs = all.filter { $0.stage.rawValue == model.role.rawValue }
            if epochs.isEmpty { return nil }
        }

        var style: String {
            switch model.role {
            case .teacher: ""
            case .student: "thick"
            case .baseline: "dashed"
            }
        }

        func pair(isShare: Bool, reach: [Double]) -> Markup {
            let role = model.role
            let lines = [
                LineChart.Line(
                    name: "training", role: role, style: "thin",
                    values: epochs.map { isShare ? $0.trainAccuracy : $0.trainLoss }),
                LineChart.Line(
                    name: "evaluation", role: role, style: "",
                    values: epochs.map { isShare ? $0.evaluationAccuracy : $0.evaluationLoss }),
            ]
            let what = isShare ? "accuracy" : "loss"
            return LineChart(
                id: "c-\(role.rawValue)-\(what)", title: "\(role.title): \(what) in training and evaluation",
                lines: lines, isShare: isShare, width: 340, height: 230, alsoReaches: reach
            ).render()
        }
    }
}
