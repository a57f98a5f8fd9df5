import Manifests
import Reporting

/// How the networks of a job learn: accuracy and loss by epoch.
struct CurveView {
    /// A network with its epochs.
    fileprivate struct Run {
        let name: String
        let role: ModelResult.Role
        let style: String
        let epochs: [EpochRecord]
    }

    private let id: String
    private let runs: [Run]

    /// - Parameter id: makes the drawings' identifiers unique in the page.
    init(id: String, epochs: [EpochRecord]) {
        self.id = id
        // In the order in which they learn.
        runs = [Stage.teacher, .assistant, .student, .peer, .baseline].flatMap { stage in
            let kin = Dictionary(grouping: epochs.filter { $0.stage == stage }) { $0.teacher ?? 1 }
            return kin.sorted { $0.key < $1.key }.map { number, own in
                Run(stage, number: number, isOnly: kin.count == 1 && number == 1, own)
            }
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
                name: run.name, role: run.role, style: run.style, values: run.epochs.map { value($0, isShare) })
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

extension CurveView.Run {
    /// - Parameter number: among those of its kind, from 1.
    fileprivate init(_ stage: Stage, number: Int, isOnly: Bool, _ epochs: [EpochRecord]) {
        name = stage.rawValue.capitalized + (isOnly ? "" : " \(number)")
        self.epochs = epochs
        switch stage {
        case .student: (role, style) = (.student, "thick")
        case .peer: (role, style) = (.student, "thin")
        case .baseline: (role, style) = (.baseline, "dashed")
        case .teacher: (role, style) = (.teacher, number == 1 ? "" : "thin")
        default: (role, style) = (.teacher, "dashed")
        }
    }
}
