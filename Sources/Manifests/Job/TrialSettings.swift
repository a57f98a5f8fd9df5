/// What a trial changes in a job; `nil`: as the job has it.
public struct TrialSettings: Codable, Sendable, Equatable {
    public var learningRate: Double?
    public var temperature: Double?
    public var alpha: Double?
    public var method: DistillationSpec.Method?
    /// A loss on activations, where the job has none of its own.
    public var feature: FeatureSpec.Method?
    /// Factor on the weights of all losses on activations.
    public var featureWeight: Double?
    /// Strength of augmentation; see `AugmentSpec.scaled(by:)`.
    public var augment: Double?
    public var width: Double?

    public init(
        learningRate: Double? = nil, temperature: Double? = nil, alpha: Double? = nil,
        method: DistillationSpec.Method? = nil, feature: FeatureSpec.Method? = nil, featureWeight: Double? = nil,
        augment: Double? = nil, width: Double? = nil
    ) {
        self.learningRate = learningRate
        self.temperature = temperature
        self.alpha = alpha
        self.method = method
        self.feature = feature
        self.featureWeight = featureWeight
        self.augment = augment
        self.width = width
    }

    /// Keys of a manifest with the values that are changed, as YAML, in the manifest's order.
    public var words: [(key: String, value: String)] {
        var words: [(String, String)] = []
        func add(_ key: String, _ value: String?) { if let value { words.append((key, value)) } }
        add("student.width", width?.short)
        add("student.learningRate", learningRate?.short)
        add("student.augment", augment?.short)
        add("distillation.method", method?.rawValue)
        add("distillation.temperature", temperature?.short)
        add("distillation.alpha", alpha?.short)
        add("distillation.features", feature?.rawValue)
        add("weight of features", featureWeight.map { "\($0.short) times" })
        return words
    }
}

extension JobSpec {
    /// The job with a trial's settings written into it.
    public func with(_ settings: TrialSettings) -> JobSpec {
        var spec = self
        if let rate = settings.learningRate { spec.studentLearningRate = rate }
        if let augment = settings.augment { spec.studentAugment = augment }
        if let width = settings.width { spec.student.width = width }
        if let method = settings.method { spec.distillation.method = method }
        if let temperature = settings.temperature { spec.distillation.temperature = temperature }
        if let alpha = settings.alpha { spec.distillation.alpha = alpha }
        if let feature = settings.feature, distillation.features == nil {
            spec.distillation.features = [FeatureSpec(feature)]
        }
        if let factor = settings.featureWeight, factor != 1, let features = spec.distillation.features {
            spec.distillation.features = features.map { feature in
                var feature = feature
                feature.weight = (feature.factor * factor).significant(3)
                return feature
            }
        }
        return spec
    }
}

extension Double {
    /// Rounded to so many significant digits, the shortest number of them.
    public func significant(_ digits: Int) -> Double {
        guard isFinite, self != 0 else { return self }
        var (value, exponent) = (magnitude, 0)
        while value >= 10 { (value, exponent) = (value / 10, exponent + 1) }
        while value < 1 { (value, exponent) = (value * 10, exponent - 1) }
        var whole = 1.0
        for _ in 1..<max(digits, 1) { whole *= 10 }
        let mantissa = Int((value * whole).rounded())
        let text = "\(self < 0 ? "-" : "")\(mantissa)e\(exponent - max(digits, 1) + 1)"
        return Double(text) ?? self
    }
}
