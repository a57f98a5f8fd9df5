/// How a job looks for better settings before it keeps a student; see `Etc/docs/tune.md`.
public struct TuneSpec: Codable, Sendable, Equatable {
    /// What the best trial is the best in. Accuracies are of the evaluation split.
    public enum Objective: String, Codable, Sendable, CaseIterable {
        case accuracy
        /// Less `price` for every doubling of the student's parameters.
        case accuracyAtSize = "accuracy@size"
        /// Less `price` for every doubling of its multiply-accumulates, which stand for time: they are the same in every
        /// run, and measured times are not.
        case accuracyAtLatency = "accuracy@latency"
    }

    public static let defaultTrials = 24

    /// Settings that are tried, the job's own among them; `nil`: none but those.
    public var trials: Int?
    /// Seconds after which nothing new is tried; `nil`: no bound.
    public var budget: Int?
    public var objective: Objective
    /// Points of accuracy (hundredths) that a student of twice the size, or the time, must be better by.
    public var price: Double

    public init(trials: Int? = nil, budget: Int? = nil, objective: Objective = .accuracy, price: Double = 1) {
        self.trials = trials
        self.budget = budget
        self.objective = objective
        self.price = price
    }
}

/// One of several students that a job distils, to show what size costs.
public struct StudentCandidate: Codable, Sendable, Equatable {
    public var model: String
    public var width: Double

    public init(model: String, width: Double = 1) {
        self.model = model
        self.width = width
    }

    /// `resnet8`, `resnet8-w0.5`: the name of its folder.
    public var name: String { width == 1 ? model : "\(model)-w\(width.short)" }
}

extension JobSpec {
    /// As a manifest has it, with its defaults where nothing is tuned.
    public var tune: TuneSpec {
        get { tuning ?? TuneSpec() }
        set { tuning = newValue == TuneSpec() ? nil : newValue }
    }

    /// Whether the student is chosen from several trainings.
    public var looksForMore: Bool { tune.trials != nil || search != nil }

    /// How the taught student is trained: as everyone, but for its own learning rate and augmentation.
    public var studentTraining: TrainingSpec {
        var training = training
        if let studentLearningRate { training.learningRate = studentLearningRate }
        if let studentAugment { training.augment = training.augment.scaled(by: studentAugment) }
        return training
    }
}

extension AugmentSpec {
    /// The same changes with another strength: 0 leaves only mirroring, 1 is as it is, and up to 2 a square is blanked
    /// and colours are changed as in `strong`. Mixup gets no stronger above 1: mixed images do not come again, and what
    /// teachers say of them cannot be kept.
    public func scaled(by strength: Double) -> AugmentSpec {
        let most = AugmentSpec.strong
        let (part, more) = (min(strength, 1), max(strength - 1, 0))
        func value(_ own: Double, _ strong: Double) -> Double {
            let value = own * part + max(strong - own, 0) * more
            return (value * 1e4).rounded() / 1e4
        }
        return AugmentSpec(
            crop: value(crop, crop), flip: flip, cutout: value(cutout, most.cutout),
            colorJitter: value(colorJitter, most.colorJitter), mixup: value(mixup, mixup))
    }
}
