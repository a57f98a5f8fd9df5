import Manifests
import Networks

#if canImport(Glibc)
    import Glibc
#endif

/// What a job's tuning may change, and how a point of the unit cube becomes settings.
public struct SearchSpace: Sendable {
    /// A setting, by the name that the report gives it.
    struct Setting: Sendable {
        let key: String
        let scale: Scale
        /// The job's own value.
        let own: Double
        let set: @Sendable (inout TrialSettings, Double) -> Void
    }

    enum Scale: Sendable {
        /// Along the logarithm.
        case ratio(ClosedRange<Double>)
        case even(ClosedRange<Double>)
        /// Levels in their order.
        case levels([Double])
        /// Options without an order; the value is an index.
        case choice(Int)
    }

    let settings: [Setting]

    /// - Parameters:
    ///   - hasTeachers: without, only how the student is trained can be changed.
    ///   - features: losses on activations that these networks can have.
    public init(_ spec: JobSpec, hasTeachers: Bool, features: [FeatureSpec.Method]) {
        var settings = Self.training(spec)
        if hasTeachers { settings += Self.teaching(spec.distillation) + Self.activations(spec.distillation, features) }
        if spec.tune.objective != .accuracy, spec.search == nil { settings.append(Self.width(spec.student.width)) }
        self.settings = settings
    }

    private static func training(_ spec: JobSpec) -> [Setting] {
        let rate = spec.studentTraining.learningRate
        return [
            Setting(key: "learning rate", scale: .ratio(rate / 5...rate * 5), own: rate) {
                $0.learningRate = $1.significant(3)
            },
            // Levels, so that trials see the same images and share what teachers say of them.
            Setting(key: "augmentation", scale: .levels([0, 0.5, 1, 1.5, 2]), own: spec.studentAugment ?? 1) {
                $0.augment = $1
            },
        ]
    }

    private static func teaching(_ spec: DistillationSpec) -> [Setting] {
        var settings: [Setting] = []
        if spec.isAuto, !spec.curriculum {
            let methods = DistillationSpec.Method.allCases
            settings.append(
                Setting(
                    key: "method", scale: .choice(methods.count),
                    own: Double(methods.firstIndex(of: spec.method) ?? 0)
                ) { $0.method = methods[Int($1)] })
        }
        if spec.temperatureEnd == nil, !spec.curriculum {
            settings.append(
                Setting(key: "temperature", scale: .ratio(1...10), own: spec.temperature) {
                    $0.temperature = $1.significant(3)
                })
        }
        if spec.alphaEnd == nil {
            settings.append(
                Setting(key: "alpha", scale: .even(0.1...1), own: spec.alpha) { $0.alpha = $1.significant(3) })
        }
        return settings
    }

    private static func activations(_ spec: DistillationSpec, _ features: [FeatureSpec.Method]) -> [Setting] {
        guard spec.features != nil || (!features.isEmpty && spec.views == 0) else { return [] }
        var settings: [Setting] = []
        if spec.features == nil {
            settings.append(
                Setting(key: "loss on activations", scale: .choice(features.count + 1), own: 0) {
                    $0.feature = $1 < 1 ? nil : features[Int($1) - 1]
                })
        }
        settings.append(
            Setting(key: "weight of features", scale: .ratio(0.03...3), own: 1) {
                $0.featureWeight = $1.significant(2)
            })
        return settings
    }

    private static func width(_ own: Double) -> Setting {
        let levels = [0.25, 0.375, 0.5, 0.75, 1].map { ($0 * own).significant(4) }
            .filter { Presets.widths.contains($0) }
        return Setting(key: "width", scale: .levels(levels.isEmpty ? [own] : levels), own: own) { $0.width = $1 }
    }

    var dimensions: [TreeParzen.Dimension] {
        settings.map { setting in
            if case .choice(let count) = setting.scale { return .choice(count) }
            return .number
        }
    }

    /// The job's own settings.
    var own: [Double] { settings.map { $0.scale.coordinate(of: $0.own) } }

    /// - Parameter point: a coordinate in 0..<1 for each setting.
    func settings(at point: [Double]) -> TrialSettings {
        var values = TrialSettings()
        for (setting, coordinate) in zip(settings, point) {
            setting.set(&values, setting.scale.value(at: coordinate))
        }
        return tidied(values)
    }

    /// The same as `own`, said in full.
    var ownSettings: TrialSettings {
        var values = TrialSettings()
        for setting in settings { setting.set(&values, setting.own) }
        return tidied(values)
    }

    /// Without a weight of nothing.
    private func tidied(_ values: TrialSettings) -> TrialSettings {
        guard values.feature == nil, settings.contains(where: { $0.key == "loss on activations" }) else {
            return values
        }
        var values = values
        values.featureWeight = nil
        return values
    }

    /// What `SettingImportance` groups trials by: coordinates, and nothing where the setting had no part.
    func importance(_ points: [[Double]], scores: [Double]) -> [TuningRecord.Importance] {
        let shares = settings.indices.map { d in
            let setting = settings[d]
            var values = points.map { point in
                switch setting.scale {
                case .levels, .choice: setting.scale.value(at: point[d])
                case .ratio, .even: point[d]
                }
            }
            if setting.key == "weight of features" {
                for i in points.indices where settings(at: points[i]).featureWeight == nil { values[i] = -1 }
            }
            var isChoice = false
            if case .choice = setting.scale { isChoice = true }
            return TuningRecord.Importance(
                key: setting.key, share: SettingImportance.share(values, isChoice: isChoice, scores: scores))
        }
        return shares.indices.sorted { (-shares[$0].share, $0) < (-shares[$1].share, $1) }.map { shares[$0] }
    }
}

extension SearchSpace.Scale {
    func value(at coordinate: Double) -> Double {
        switch self {
        case .ratio(let range):
            return range.lowerBound * exp(coordinate * log(range.upperBound / range.lowerBound))
        case .even(let range): return range.lowerBound + coordinate * (range.upperBound - range.lowerBound)
        case .levels(let levels): return levels[min(Int(coordinate * Double(levels.count)), levels.count - 1)]
        case .choice(let count): return Double(min(Int(coordinate * Double(count)), count - 1))
        }
    }

    /// The nearest one.
    func coordinate(of value: Double) -> Double {
        func inside(_ coordinate: Double) -> Double { min(max(coordinate, 0), 1 - 1e-9) }
        switch self {
        case .ratio(let range):
            return inside(log(value / range.lowerBound) / log(range.upperBound / range.lowerBound))
        case .even(let range): return inside((value - range.lowerBound) / (range.upperBound - range.lowerBound))
        case .levels(let levels):
            let nearest = levels.indices.min { abs(levels[$0] - value) < abs(levels[$1] - value) } ?? 0
            return (Double(nearest) + 0.5) / Double(levels.count)
        case .choice(let count): return (value + 0.5) / Double(count)
        }
    }
}

extension FeatureCheck {
    /// Losses on activations that a student can have with these teachers.
    public static func possible(student: Graph, teachers: [FeatureMap]) -> [FeatureSpec.Method] {
        // `fitnets` brings layers of its own, and its weight is the hardest to choose: it is left to who asks for it.
        [FeatureSpec.Method.at, .sp, .rkd].filter { method in
            (try? check([FeatureSpec(method)], student: student, teachers: teachers)) != nil
        }
    }
}
