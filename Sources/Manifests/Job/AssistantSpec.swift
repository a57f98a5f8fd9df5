/// One who learns from a teacher and teaches a student that is too small for it (Mirzadeh et al. 2020).
public struct AssistantSpec: Codable, Sendable, Equatable {
    /// `nil`: chosen by distilld where the teacher is much larger than the student; left out where it is not.
    public var model: String?
    /// Not used without a model.
    public var width: Double
    /// `nil`: as long as the student.
    public var epochs: Int?

    public init(model: String?, width: Double = 1, epochs: Int? = nil) {
        self.model = model
        self.width = width
        self.epochs = epochs
    }
}
