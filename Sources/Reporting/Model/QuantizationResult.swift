/// How the student came to 8-bit integers. Accuracies are shares of the images that the choice was made on: the
/// evaluation split, or where that is empty, training images.
public struct QuantizationResult: Codable, Sendable, Equatable {
    /// Images that the accuracies are of.
    public var images: Int
    /// Where they are from: `evaluation` or `train`.
    public var split: String
    /// In single precision.
    public var singleAccuracy: Double
    /// With the trained weights rounded.
    public var roundedAccuracy: Double
    /// How ranges of values were found: `min-max`, `percentile` or `mse`.
    public var calibration: String
    /// Trained on with everything rounded; `nil`: it was not.
    public var trainedAccuracy: Double?
    /// Of that training.
    public var epochs: Int?
    /// Points that integers may lose.
    public var maxDrop: Double

    public init(
        images: Int, split: String, singleAccuracy: Double, roundedAccuracy: Double, calibration: String,
        trainedAccuracy: Double? = nil, epochs: Int? = nil, maxDrop: Double
    ) {
        self.images = images
        self.split = split
        self.singleAccuracy = singleAccuracy
        self.roundedAccuracy = roundedAccuracy
        self.calibration = calibration
        self.trainedAccuracy = trainedAccuracy
        self.epochs = epochs
        self.maxDrop = maxDrop
    }

    /// Whether the rounded weights lose more than they may.
    public var losesTooMuch: Bool { isTooFar(roundedAccuracy) }

    /// Whether the trained integers are those that were kept.
    public var keepsTrained: Bool { trainedAccuracy.map { $0 > roundedAccuracy } ?? false }

    /// What was kept is further than it may be from single precision.
    public var isStillTooFar: Bool { isTooFar(max(roundedAccuracy, trainedAccuracy ?? 0)) }

    private func isTooFar(_ accuracy: Double) -> Bool { (singleAccuracy - accuracy) * 100 > maxDrop }

    /// What was done, with the figures.
    public var sentence: String {
        let start =
            "On \(Figures.count(images, "image")) of the \(split) split: \(Figures.percent(singleAccuracy, 2)) in single "
            + "precision, \(Figures.percent(roundedAccuracy, 2)) with its weights rounded to integers (ranges by "
            + "\(calibration))"
        guard let trainedAccuracy, let epochs else { return start + "." }
        return start + ", \(Figures.percent(trainedAccuracy, 2)) trained on for \(Figures.count(epochs, "epoch")) with "
            + "values and weights rounded. The \(keepsTrained ? "trained" : "rounded") integers are those published."
    }
}
