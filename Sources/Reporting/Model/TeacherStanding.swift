import Manifests

/// What was found out about a teacher before the student learned from it, and what followed.
public struct TeacherStanding: Codable, Sendable, Equatable {
    /// In the manifest's order, from 1.
    public var number: Int
    /// A preset, or the file's name.
    public var model: String
    /// On the evaluation split; `nil`: there is none.
    public var evaluationAccuracy: Double?
    /// Expected calibration error on it, 0...1.
    public var calibrationError: Double?
    /// Share of its weight among those who taught; 0: it did not teach.
    public var weight: Double
    /// How much of alpha its word counts, 0...1, by how far it is ahead of the student.
    public var trust: Double
    /// Why it is weak, to be read behind its name; `nil`: it is not.
    public var reason: String?
    /// Class indices that it is weak in.
    public var weakClasses: [Int]
    /// It learned from the teachers, or from the assistant before it; `nil`: it is a teacher.
    public var isAssistant: Bool?

    public init(
        number: Int, model: String, evaluationAccuracy: Double?, calibrationError: Double?, weight: Double,
        trust: Double, reason: String?, weakClasses: [Int], isAssistant: Bool? = nil
    ) {
        self.number = number
        self.model = model
        self.evaluationAccuracy = evaluationAccuracy
        self.calibrationError = calibrationError
        self.weight = weight
        self.trust = trust
        self.reason = reason
        self.weakClasses = weakClasses
        self.isAssistant = isAssistant
    }
}
