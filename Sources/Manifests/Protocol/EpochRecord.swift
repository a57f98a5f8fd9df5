/// A row of `metrics.csv`.
public struct EpochRecord: Codable, Sendable, Equatable {
    /// `.teacher`, `.assistant`, `.audition`, `.student`, `.peer`, `.baseline` or `.quantize`.
    public var stage: Stage
    /// Counted from 1.
    public var epoch: Int
    public var epochs: Int
    public var learningRate: Double
    public var trainLoss: Double
    /// Share of right answers on (augmented) training images, 0...1.
    public var trainAccuracy: Double
    /// 0 where there is no evaluation split.
    public var evaluationLoss: Double
    /// Share of right answers on the evaluation split, 0...1; 0 where there is none.
    public var evaluationAccuracy: Double
    public var imagesPerSecond: Double
    /// Wall time of this epoch, with its evaluation.
    public var seconds: Double
    /// Which of several of its kind, counted from 1 in the order of the manifest; `nil`: the only one, or the first.
    public var teacher: Int?
    /// `nil`: nobody taught.
    public var teaching: TeachingRecord?

    /// Whether there was an evaluation split: who is always wrong does not have a loss of 0.
    public var isEvaluated: Bool { evaluationLoss != 0 || evaluationAccuracy != 0 }

    public init(
        stage: Stage, epoch: Int, epochs: Int, learningRate: Double, trainLoss: Double, trainAccuracy: Double,
        evaluationLoss: Double, evaluationAccuracy: Double, imagesPerSecond: Double, seconds: Double,
        teacher: Int? = nil, teaching: TeachingRecord? = nil
    ) {
        self.stage = stage
        self.epoch = epoch
        self.epochs = epochs
        self.learningRate = learningRate
        self.trainLoss = trainLoss
        self.trainAccuracy = trainAccuracy
        self.evaluationLoss = evaluationLoss
        self.evaluationAccuracy = evaluationAccuracy
        self.imagesPerSecond = imagesPerSecond
        self.seconds = seconds
        self.teacher = teacher
        self.teaching = teaching
    }
}

/// What the teachers did in an epoch: means over its steps, but alpha and temperature of its last one.
public struct TeachingRecord: Codable, Sendable, Equatable {
    /// Weight of the soft term; 0 where it was turned off.
    public var alpha: Double
    public var temperature: Double
    /// Cross entropy with the labels.
    public var hardLoss: Double
    /// The soft term, without alpha.
    public var softLoss: Double
    /// Of the angle between the soft term's gradient by the logits and the labels', -1...1.
    public var gradientCosine: Double
    /// How much of the teachers' word counted, 0...1.
    public var trust: Double
    /// Share of the teachers' answers that were wrong about a training image, changed as it was.
    public var teacherErrors: Double
    /// The losses on activations, with their weights; `nil`: none.
    public var featureLoss: Double?

    public init(
        alpha: Double, temperature: Double, hardLoss: Double, softLoss: Double, gradientCosine: Double, trust: Double,
        teacherErrors: Double, featureLoss: Double? = nil
    ) {
        self.alpha = alpha
        self.temperature = temperature
        self.hardLoss = hardLoss
        self.softLoss = softLoss
        self.gradientCosine = gradientCosine
        self.trust = trust
        self.teacherErrors = teacherErrors
        self.featureLoss = featureLoss
    }
}
