/// What the figures of the test split do not tell: how far to trust confidences, worse images and labels.
public struct Insights: Codable, Sendable, Equatable {
    /// One for each network, on the test split.
    public var calibration: [NetworkCalibration]
    /// The unchanged images first; empty where it was not measured.
    public var robustness: [Robustness]
    /// Test images that `robustness` was measured on.
    public var robustnessCount: Int
    /// Training images whose label teacher and student agree to be another, surest first.
    public var suspectLabels: [Mistake]
    /// Training images that were looked at for `suspectLabels`.
    public var labelsChecked: Int
    /// All that were found; `suspectLabels` are the first of them.
    public var suspectCount: Int

    public init(
        calibration: [NetworkCalibration], robustness: [Robustness] = [], robustnessCount: Int = 0,
        suspectLabels: [Mistake] = [], labelsChecked: Int = 0, suspectCount: Int = 0
    ) {
        self.calibration = calibration
        self.robustness = robustness
        self.robustnessCount = robustnessCount
        self.suspectLabels = suspectLabels
        self.labelsChecked = labelsChecked
        self.suspectCount = suspectCount
    }

    public struct NetworkCalibration: Codable, Sendable, Equatable {
        public var role: ModelResult.Role
        public var calibration: ReliabilityDiagram

        public init(role: ModelResult.Role, calibration: ReliabilityDiagram) {
            self.role = role
            self.calibration = calibration
        }
    }

    /// Accuracies on the same test images after one kind of change.
    public struct Robustness: Codable, Sendable, Equatable {
        /// A stable word: `none`, `blur`, `noise`, ...
        public var change: String
        /// For people: "slightly out of focus".
        public var meaning: String
        public var teacher, student: Double

        public init(change: String, meaning: String, teacher: Double, student: Double) {
            self.change = change
            self.meaning = meaning
            self.teacher = teacher
            self.student = student
        }
    }
}
