import Manifests

/// What the teaching side of a training has come to: part of every checkpoint.
struct TeachingState: Codable, Equatable {
    /// `nil`: the temperature is not learned.
    var curriculum: CurriculumTemperature?
    /// In this epoch the soft term is only measured, since in the one before it pulled against the labels.
    var isGated = false
    var sums = Sums()

    /// Over the steps of the epoch under way in which teachers were asked.
    struct Sums: Codable, Equatable {
        var steps = 0
        var hard = 0.0
        var soft = 0.0
        var cosine = 0.0
        var trust = 0.0
        /// Wrong answers, and answers.
        var wrong = 0
        var answers = 0
        /// Of the last step.
        var alpha = 0.0
        var temperature = 0.0
        /// `nil`: no losses on activations.
        var features: Double?
    }

    init(_ spec: DistillationSpec) {
        if spec.curriculum { curriculum = CurriculumTemperature(temperature: spec.temperature) }
    }

    /// The figures of the epoch that ends; `nil`: nobody taught.
    func record() -> TeachingRecord? {
        guard sums.steps > 0 else { return nil }
        let steps = Double(sums.steps)
        return TeachingRecord(
            alpha: sums.alpha, temperature: sums.temperature, hardLoss: sums.hard / steps, softLoss: sums.soft / steps,
            gradientCosine: sums.cosine / steps, trust: sums.trust / steps,
            teacherErrors: Double(sums.wrong) / Double(max(sums.answers, 1)),
            featureLoss: sums.features.map { $0 / steps })
    }

    /// - Parameter gates: whether a soft term that pulls against the labels is turned off.
    mutating func endEpoch(gates: Bool) {
        if gates, sums.steps > 0 { isGated = sums.cosine < 0 }
        sums = Sums()
    }
}
