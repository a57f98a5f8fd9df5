/// A training of a trial: one rung that it climbed.
public struct TrialResult: Codable, Sendable, Equatable {
    /// Counted from 1; the first has the job's own settings.
    public var trial: Int
    /// Counted from 1: the shortest trainings first.
    public var rung: Int
    public var epochs: Int
    /// On the images that this rung is judged by, 0...1; 0 where the training diverged.
    public var accuracy: Double
    /// Mean cross entropy on them; `nil`: the training diverged.
    public var loss: Double?
    public var seconds: Double
    /// What the objective makes of it: larger is better.
    public var score: Double

    public init(
        trial: Int, rung: Int, epochs: Int, accuracy: Double, loss: Double?, seconds: Double, score: Double
    ) {
        self.trial = trial
        self.rung = rung
        self.epochs = epochs
        self.accuracy = accuracy
        self.loss = loss
        self.seconds = seconds
        self.score = score
    }

    public var hasDiverged: Bool { loss == nil }
}

/// A student among others: what it costs and what it is worth.
public struct StudentPoint: Codable, Sendable, Equatable {
    public var name: String
    public var model: String
    public var width: Double
    public var parameters: Int
    public var multiplyAccumulates: Int
    /// On the evaluation split, 0...1.
    public var accuracy: Double
    /// Of one image on one thread; `nil`: not measured.
    public var latencyMilliseconds: Double?
    /// Whether no other student is at least as accurate with fewer parameters, or as few and more accurate.
    public var isBestOfSize: Bool
    /// The same by multiply-accumulates.
    public var isBestOfTime: Bool
    /// The one that the job keeps.
    public var isChosen: Bool
    /// Its files, relative to the job's folder; `nil`: the folder itself.
    public var folder: String?

    public init(
        name: String, model: String, width: Double, parameters: Int, multiplyAccumulates: Int, accuracy: Double,
        latencyMilliseconds: Double? = nil, isBestOfSize: Bool = false, isBestOfTime: Bool = false,
        isChosen: Bool = false, folder: String? = nil
    ) {
        self.name = name
        self.model = model
        self.width = width
        self.parameters = parameters
        self.multiplyAccumulates = multiplyAccumulates
        self.accuracy = accuracy
        self.latencyMilliseconds = latencyMilliseconds
        self.isBestOfSize = isBestOfSize
        self.isBestOfTime = isBestOfTime
        self.isChosen = isChosen
        self.folder = folder
    }
}

/// What was tried before a job kept its student.
public struct TuningRecord: Codable, Sendable, Equatable {
    public struct Trial: Codable, Sendable, Equatable {
        /// Counted from 1; the first has the job's own settings.
        public var number: Int
        public var settings: TrialSettings
        /// In the order of rungs.
        public var results: [TrialResult]

        public init(number: Int, settings: TrialSettings, results: [TrialResult]) {
            self.number = number
            self.settings = settings
            self.results = results
        }
    }

    /// A stage of successive halving.
    public struct Rung: Codable, Sendable, Equatable {
        public var epochs: Int
        public var trials: Int
        /// Images that a training learns from, and that it is judged by.
        public var trainImages, judgeImages: Int

        public init(epochs: Int, trials: Int, trainImages: Int, judgeImages: Int) {
            self.epochs = epochs
            self.trials = trials
            self.trainImages = trainImages
            self.judgeImages = judgeImages
        }
    }

    /// How much of the differences between trials a setting explains.
    public struct Importance: Codable, Sendable, Equatable {
        public var key: String
        /// Share of the variance of the first rung's scores, 0...1.
        public var share: Double

        public init(key: String, share: Double) {
            self.key = key
            self.share = share
        }
    }

    public var asked: TuneSpec
    public var trials: [Trial]
    /// As they were climbed: fewer and smaller where time ran out.
    public var rungs: [Rung]
    public var importance: [Importance]
    /// The number of the trial whose student is kept.
    public var chosen: Int
    /// Of all trainings, in epochs over all training images, divided by the student's epochs.
    public var fullTrainings: Double
    /// Wall time over all processes.
    public var seconds: Double
    /// Whether `budget` ended it.
    public var isCutShort: Bool

    public init(
        asked: TuneSpec, trials: [Trial], rungs: [Rung], importance: [Importance], chosen: Int,
        fullTrainings: Double, seconds: Double, isCutShort: Bool
    ) {
        self.asked = asked
        self.trials = trials
        self.rungs = rungs
        self.importance = importance
        self.chosen = chosen
        self.fullTrainings = fullTrainings
        self.seconds = seconds
        self.isCutShort = isCutShort
    }
}
