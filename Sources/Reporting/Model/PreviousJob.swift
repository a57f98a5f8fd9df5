import Foundation

/// The last job on the same data, as far as it can be held against this one.
public struct PreviousJob: Codable, Sendable, Equatable {
    public var jobID: String
    public var finished: Date
    /// The student's preset, with its width where that is not 1.
    public var student: String
    /// Shares of the test images, of which there are `testCount`.
    public var accuracy, teacherAccuracy: Double
    public var baselineAccuracy: Double?
    public var testCount: Int
    public var parameters, fileBytes: Int
    /// `nil`: on another machine or other threads, where times mean something else.
    public var latencyMilliseconds, seconds: Double?
    public var energyJoules: Double?
    /// This student's accuracy less that of the earlier one, and its interval at 95%, as of independent samples: which
    /// images the earlier one got right is not kept.
    public var difference: Double
    public var interval95: Interval
    /// Keys of the manifest with other values; `nil`: there is none.
    public var settings: [Setting]

    public struct Setting: Codable, Sendable, Equatable {
        public var key: String
        public var before, now: String?

        public init(key: String, before: String?, now: String?) {
            self.key = key
            self.before = before
            self.now = now
        }
    }

    /// - Returns: `nil` where the two jobs were not on the same data: the same classes, with as many images each in
    ///   each split, and the same content where images were decoded alike.
    public init?(_ earlier: JobReport, comparedWith report: JobReport) {
        guard earlier.jobID != report.jobID, Self.isSameData(earlier.data, report.data) else { return nil }
        let compared = JobComparison([earlier, report])
        let (old, new) = (earlier.models.student, report.models.student)
        jobID = earlier.jobID
        finished = earlier.finished
        student = compared.jobs[0].student
        accuracy = old.testAccuracy
        teacherAccuracy = earlier.models.teacher.testAccuracy
        baselineAccuracy = earlier.models.baseline?.testAccuracy
        testCount = old.testCount
        parameters = old.parameters
        fileBytes = old.fileBytes
        let isSameMachine = earlier.machine == report.machine
        latencyMilliseconds = isSameMachine ? old.latencyMilliseconds : nil
        seconds = isSameMachine ? earlier.seconds : nil
        energyJoules = isSameMachine ? earlier.energyJoules : nil
        difference = new.testAccuracy - old.testAccuracy
        func right(_ model: ModelResult) -> Int { model.confusion.indices.reduce(0) { $0 + model.confusion[$1][$1] } }
        interval95 = Interval.newcombe(
            first: (right(new), new.testCount), second: (right(old), old.testCount), z: Interval.z95)
        settings = compared.settings.map { Setting(key: $0.key, before: $0.values[0], now: $0.values[1]) }
    }

    private static func isSameData(_ one: DataSummary, _ other: DataSummary) -> Bool {
        if one.contentHash == other.contentHash { return one.splits == other.splits }
        // The hash covers how images were decoded, which a job may change.
        let isDecodedAlike =
            one.input.width == other.input.width && one.input.height == other.input.height
            && one.input.channels == other.input.channels && one.input.fit == other.input.fit
            && one.input.background == other.input.background
        return !isDecodedAlike && one.dataset == other.dataset && one.classes == other.classes
            && one.splits == other.splits
    }
}
