import Manifests
import Reporting

/// How the networks of a job learn: accuracy and loss by epoch.
struct CurveView {
    private struct Run {
        let role: ModelResult.Role
        let epochs: [EpochRecord]
    }

    private let id: String
    private let runs: [Run]

    /// - Parameter id: makes the drawings' identifiers unique in the page.
    init(id: String, epochs: [EpochRecord]) {
        self.id = id
        runs = [(.teacher, Stage.teacher), (.student, .student), (.baseline, .baseline)].compactMap { role, stage in
            let own = epochs.filter { $0.stage == stage && ($0.teacher ?? 1) == 1 }
            return own.isEmpty ? nil : Run(role: role, epochs: own)
        }
    }

    var isEmpty: Bool { runs.isEmpty }

    func render() -> Markup {
        guard !runs.isEmpty else { return "<p class=\"note\">No epoch has ended yet.</p>" }
        return """
            <div class="charts">\
            \(figure("Accuracy", isEvaluated ? "evaluation split" : "training images", chart(isShare: true)))\
            \(figure("Loss", isEvaluated ? "evaluation split" : "training images", chart(isShare: false)))</div>
            """
    }

    private var isEvaluated: Bool { runs.contains { $0.epochs.contains(where: \.isEvaluated) } }

    private func figure(_ title: String, _ detail: String, _ chart: Markup) -> Markup {
        "<figure><figcaption><strong>\(title)</strong> <span>\(detail)</span></figcaption>\(chart)</figure>"
    }

    private func chart(isShare: Bool) -> Markup {
        let lines = runs.map { run in
            LineChart.Line(
                name: run.role.rawValue.prefix(1).uppercased() + run.role.rawValue.dropFirst(), role: run.role,
                style: run.role == .student ? "thick" : run.role == .baseline ? "dashed" : "",
                values: run.epochs.map { value($0, isShare) })
        }
        let what = isShare ? "accuracy" : "loss"
        return LineChart(
            id: "\(id)-\(what)", title: isShare ? "Accuracy by epoch" : "Loss by epoch", lines: lines, isShare: isShare,
            height: 220
        ).render()
    }

    private func value(_ epoch: EpochRecord, _ isShare: Bool) -> Double {
        guard isEvaluated else { return isShare ? epoch.trainAccuracy : epoch.trainLoss }
        guard epoch.isEvaluated else { return .nan }
        return isShare ? epoch.evaluationAccuracy : epoch.evaluationLoss
    }
}
