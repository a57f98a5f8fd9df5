/// A job, fully resolved: what a manifest says with every default filled in.
///
/// `ManifestParser` makes one from YAML; `JobSpecWriter` writes one back as `job.yaml`.
public struct JobSpec: Codable, Sendable, Equatable {
    /// Shown to people and used in the job's identifier: 1...64 of `a-z A-Z 0-9 . _ -`,
    /// beginning with a letter or digit; see `JobName`.
    public var name: String
    /// Folder or archive, as written: relative to the manifest's folder, or absolute.
    public var dataset: String
    public var input: InputSpec
    public var split: SplitSpec
    /// Share of broken images, 0...1, above which the job fails.
    public var maxCorrupt: Double
    /// The teacher, or the first of several.
    public var teacher: NetworkSpec
    /// A trained teacher in place of `teacher`; `nil`: `teacher` is trained.
    public var teacherFile: TeacherFile?
    /// All of several teachers, `teacher` the first of them; `nil`: `teacher` alone.
    public var teachers: [TeacherSpec]?
    /// Those who learn from the teachers, each from the one before, so that the student learns from the last; `nil`: none.
    public var assistants: [AssistantSpec]?
    public var student: NetworkSpec
    public var distillation: DistillationSpec
    public var training: TrainingSpec
    public var quantization: QuantizationSpec
    /// How better settings are looked for; `nil`: not at all. See `tune`.
    public var tuning: TuneSpec?
    /// Several students, `student` the first of them until one is chosen; `nil`: `student` alone.
    public var search: [StudentCandidate]?
    /// Accuracy on the evaluation split that the smallest of `search` must reach; `nil`: the best is kept.
    public var target: Double?
    /// Of the taught student alone; `nil`: as `training` says.
    public var studentLearningRate: Double?
    /// Strength of the taught student's augmentation, 0...2; `nil`: as `training.augment` says.
    public var studentAugment: Double?
    /// Also train the student without the teacher, for the comparison.
    public var baseline: Bool
    public var seed: UInt64
    /// Larger runs first among queued jobs; -100...100.
    public var priority: Int

    public init(
        name: String, dataset: String, input: InputSpec = InputSpec(), split: SplitSpec = SplitSpec(),
        maxCorrupt: Double = 0.01, teacher: NetworkSpec = .defaultTeacher, student: NetworkSpec = .defaultStudent,
        distillation: DistillationSpec = DistillationSpec(), training: TrainingSpec = TrainingSpec(),
        baseline: Bool = true, seed: UInt64 = 1, priority: Int = 0, teachers: [TeacherSpec]? = nil,
        teacherFile: TeacherFile? = nil, quantization: QuantizationSpec = QuantizationSpec(),
        assistants: [AssistantSpec]? = nil
    ) {
        precondition(teachers.map { !$0.isEmpty } ?? true)
        self.name = name
        self.dataset = dataset
        self.input = input
        self.split = split
        self.maxCorrupt = maxCorrupt
        self.teacher = teachers?.first?.network ?? teacher
        self.teachers = teachers
        self.teacherFile = teacherFile
        self.assistants = assistants
        self.student = student
        self.distillation = distillation
        self.training = training
        self.quantization = quantization
        self.baseline = baseline
        self.seed = seed
        self.priority = priority
    }
}

/// What the networks are fed. `nil` means: chosen from the data, and said in the report.
public struct InputSpec: Codable, Sendable, Equatable {
    public var width: Int?
    public var height: Int?
    public var channels: Channels?
    public var fit: Fit
    /// Colour under transparent pixels, `#RRGGBB`.
    public var background: String

    public init(
        width: Int? = nil, height: Int? = nil, channels: Channels? = nil, fit: Fit = .stretch,
        background: String = "#000000"
    ) {
        self.width = width
        self.height = height
        self.channels = channels
        self.fit = fit
        self.background = background
    }
}

public enum Channels: String, Codable, Sendable, CaseIterable {
    case rgb, gray
    /// 3 or 1.
    public var count: Int { self == .rgb ? 3 : 1 }
}

/// How an image of another aspect ratio meets the input's: scaled to it, cut to it, or padded to it.
public enum Fit: String, Codable, Sendable, CaseIterable { case stretch, crop, pad }

/// Shares taken for evaluation and test where the dataset has no such folder; each in 0..<1.
public struct SplitSpec: Codable, Sendable, Equatable {
    /// `nil`: a tenth of the training images, at most 2,000.
    public var evaluation: Double?
    /// `nil`: a tenth of all images; unused where the dataset has a `test` folder.
    public var test: Double?

    public init(evaluation: Double? = nil, test: Double? = nil) {
        self.evaluation = evaluation
        self.test = test
    }
}

/// A teacher or a student: a preset and how long it trains.
public struct NetworkSpec: Codable, Sendable, Equatable {
    /// A name from `NetworkSpec.presets`.
    public var model: String
    /// Factor on the preset's channel counts, 0.125...8.
    public var width: Double
    public var epochs: Int

    public init(model: String, width: Double = 1, epochs: Int) {
        self.model = model
        self.width = width
        self.epochs = epochs
    }

    public static let defaultTeacher = NetworkSpec(model: "resnet20", epochs: 30)
    public static let defaultStudent = NetworkSpec(model: "resnet8", epochs: 30)

    /// In place of a teacher's model: the student's.
    public static let ownKind = "student"

    /// Every preset, smallest family first.
    public static let presets = [
        "convnet3", "dscnn-tiny", "mobilenet-tiny", "resnet8", "resnet20", "resnet32", "resnet56", "resnet110",
        "resnet8x4", "resnet32x4", "vgg8", "vgg13", "wrn-16-2", "wrn-40-2",
    ]
}

/// How networks are trained; the same for teacher, student and baseline.
public struct TrainingSpec: Codable, Sendable, Equatable {
    public enum Optimizer: String, Codable, Sendable, CaseIterable { case sgd, adamw }
    public enum Schedule: String, Codable, Sendable, CaseIterable { case onecycle, cosine, step, constant }
    public enum Precision: String, Codable, Sendable, CaseIterable { case fp32, bf16 }

    /// Images a step.
    public var batch: Int
    /// Peak learning rate.
    public var learningRate: Double
    public var optimizer: Optimizer
    /// Momentum of SGD (Nesterov), or beta1 of AdamW.
    public var momentum: Double
    /// Not applied to norms and biases.
    public var weightDecay: Double
    public var schedule: Schedule
    /// Share of all steps in which the rate rises linearly (one-cycle: its rising part), 0..<1.
    public var warmup: Double
    public var labelSmoothing: Double
    public var augment: AugmentSpec
    /// Largest L2 norm of the whole gradient; `nil`: not clipped.
    public var clipGradient: Double?
    /// Decay a step of the exponential moving average of weights that is evaluated; `nil`: off.
    public var ema: Double?
    /// Epochs without improvement on the evaluation split after which training stops; `nil`: never.
    public var patience: Int?
    /// Of the products of convolutions; values and weights are kept in single precision.
    public var precision: Precision

    public init(
        batch: Int = 128, learningRate: Double = 0.1, optimizer: Optimizer = .sgd, momentum: Double = 0.9,
        weightDecay: Double = 5e-4, schedule: Schedule = .onecycle, warmup: Double = 0.25,
        labelSmoothing: Double = 0, augment: AugmentSpec = .standard, clipGradient: Double? = nil,
        ema: Double? = nil, patience: Int? = nil, precision: Precision = .fp32
    ) {
        self.batch = batch
        self.learningRate = learningRate
        self.optimizer = optimizer
        self.momentum = momentum
        self.weightDecay = weightDecay
        self.schedule = schedule
        self.warmup = warmup
        self.labelSmoothing = labelSmoothing
        self.augment = augment
        self.clipGradient = clipGradient
        self.ema = ema
        self.patience = patience
        self.precision = precision
    }
}

/// Random changes to training images. In a manifest: `none`, `standard`, `strong`, or a mapping of these keys.
public struct AugmentSpec: Codable, Sendable, Equatable {
    /// Pixels of reflected border from which a window is cut, as a share of the side (4 of 32 is 0.125).
    public var crop: Double
    /// Mirror left to right with probability one half.
    public var flip: Bool
    /// Side of a square set to the mean, as a share of the image's side; 0: off.
    public var cutout: Double
    /// Largest relative change of brightness, contrast and saturation; 0: off.
    public var colorJitter: Double
    /// Alpha of mixup's Beta distribution (Zhang et al. 2018); 0: off.
    public var mixup: Double

    public init(crop: Double, flip: Bool, cutout: Double, colorJitter: Double, mixup: Double) {
        self.crop = crop
        self.flip = flip
        self.cutout = cutout
        self.colorJitter = colorJitter
        self.mixup = mixup
    }

    public static let none = AugmentSpec(crop: 0, flip: false, cutout: 0, colorJitter: 0, mixup: 0)
    public static let standard = AugmentSpec(crop: 0.125, flip: true, cutout: 0, colorJitter: 0, mixup: 0)
    public static let strong = AugmentSpec(crop: 0.125, flip: true, cutout: 0.25, colorJitter: 0.2, mixup: 0.2)
}
