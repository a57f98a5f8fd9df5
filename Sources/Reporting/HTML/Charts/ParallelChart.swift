import Foundation
import Manifests

/// Trials as lines over an axis for each setting, and one for the accuracy they came to: where the good lines meet is where
/// good values are.
enum ParallelChart {
    /// An axis: a value of a trial's settings, up in 0...1.
    private struct Axis {
        let name: String
        /// Of each trial; `nil`: the setting has no part in it.
        let heights: [Double?]
        let ticks: [(height: Double, label: String)]
    }

    private static let size = (width: 960.0, height: 340.0)
    private static let margin = (left: 60.0, right: 60.0, top: 40.0, bottom: 22.0)

    static func render(_ record: TuningRecord) -> Markup {
        let trials = record.trials
        let axes = Self.axes(trials)
        guard axes.count > 1 else { return "" }
        let (top, bottom) = (margin.top, size.height - margin.bottom)
        func across(_ index: Int) -> Double {
            margin.left + Double(index) / Double(axes.count - 1) * (size.width - margin.left - margin.right)
        }
        func down(_ height: Double) -> Double { bottom - height * (bottom - top) }
        var content: Markup = ""
        // The ones that matter are drawn last, over the others.
        let order = trials.indices.sorted { rank(trials[$0], record) < rank(trials[$1], record) }
        for i in order {
            let points = axes.indices.compactMap { axis in
                axes[axis].heights[i].map { "\(Markup.units(across(axis)).text),\(Markup.units(down($0)).text)" }
            }
            let path = Markup(trusted: points.joined(separator: " "))
            let (role, style) = look(trials[i], record)
            content += """
                <g class="\(role)"><polyline class="\(style)" points="\(path)"/></g>
                """
        }
        for (i, axis) in axes.enumerated() {
            let x = across(i)
            content += Drawing.line(x, top, x, bottom, "axis")
            content += Drawing.text(x, 16, axis.name, anchor: "middle", name: "name")
            for tick in axis.ticks {
                let isLast = i == axes.count - 1
                content += Drawing.text(
                    x + (isLast ? 7 : -7), down(tick.height) + 4, tick.label, anchor: isLast ? "start" : "end")
            }
        }
        let chosen = trials.first { $0.number == record.chosen }
        let words = chosen.map { $0.settings.words.map { "\($0.key) \($0.value)" }.joined(separator: ", ") } ?? ""
        return Drawing.svg(
            id: "parallel", width: size.width, height: size.height, title: "Settings and accuracy of every trial",
            description: "\(Figures.count(trials.count, "trial")). The chosen one: \(words).", content)
    }

    private static func rank(_ trial: TuningRecord.Trial, _ record: TuningRecord) -> (Int, Int) {
        let weight = trial.number == record.chosen ? 3 : trial.number == 1 ? 2 : trial.results.count > 1 ? 1 : 0
        return (weight, trial.number)
    }

    private static func look(_ trial: TuningRecord.Trial, _ record: TuningRecord) -> (role: String, style: String) {
        if trial.number == record.chosen { return ("student", "line thick") }
        if trial.number == 1 { return ("baseline", "line dashed") }
        return ("plain", trial.results.count > 1 ? "line" : "line lead")
    }

    private static func axes(_ trials: [TuningRecord.Trial]) -> [Axis] {
        typealias Trial = TuningRecord.Trial
        func number(_ name: String, isRatio: Bool, _ value: (TrialSettings) -> Double?) -> Axis? {
            let values = trials.map { value($0.settings) }
            return axis(name, values, isRatio: isRatio) { $0.tick }
        }
        func choice(_ name: String, _ value: (TrialSettings) -> String?) -> Axis? {
            let values = trials.map { value($0.settings) }
            let options = Set(values.compactMap(\.self)).sorted()
            guard options.count > 1 else { return nil }
            func height(_ option: String) -> Double {
                Double(options.firstIndex(of: option) ?? 0) / Double(options.count - 1)
            }
            return Axis(
                name: name, heights: values.map { $0.map(height) }, ticks: options.map { (height($0), $0) })
        }
        let hasFeatures = trials.contains { $0.settings.feature != nil }
        let all = [
            number("learning rate", isRatio: true) { $0.learningRate },
            number("augment", isRatio: false) { $0.augment },
            choice("method") { $0.method?.rawValue },
            number("temperature", isRatio: true) { $0.temperature },
            number("alpha", isRatio: false) { $0.alpha },
            hasFeatures ? choice("features") { $0.feature?.rawValue ?? "none" } : nil,
            number("their weight", isRatio: true) { $0.featureWeight },
            number("width", isRatio: true) { $0.width },
            axis("accuracy", trials.map { $0.results.first?.accuracy }, isRatio: false) { Figures.percent($0, 0) },
        ]
        return all.compactMap(\.self)
    }

    /// `nil`: no two values differ.
    private static func axis(
        _ name: String, _ values: [Double?], isRatio: Bool, label: (Double) -> String
    ) -> Axis? {
        let known = values.compactMap(\.self)
        guard let low = known.min(), let high = known.max(), high > low, low > 0 || !isRatio else { return nil }
        func height(_ value: Double) -> Double {
            isRatio ? log(value / low) / log(high / low) : (value - low) / (high - low)
        }
        let middle = isRatio ? (low * high).squareRoot() : (low + high) / 2
        return Axis(
            name: name, heights: values.map { $0.map(height) },
            ticks: [(0, label(low)), (0.5, label(middle)), (1, label(high))])
    }
}

extension Double {
    fileprivate var tick: String {
        let value = significant(2)
        return value == value.rounded() && magnitude < 1e6 ? String(Int(value)) : String(value)
    }
}
