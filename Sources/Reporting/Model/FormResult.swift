/// One of the files that hold the student: what it is when it has been read back, on the test split.
public struct FormResult: Codable, Sendable, Equatable {
    public enum Precision: String, Codable, Sendable { case fp32, int8 }

    /// Name in the job's folder.
    public var file: String
    public var precision: Precision
    public var bytes: Int
    /// Share of right answers; `nil`: it could not be run.
    public var accuracy: Double?
    /// Share of the images that it answers as the student in single precision does.
    public var agreement: Double?
    /// One image on one thread, by distilld's engine, or for C by the compiled program.
    public var latencyMilliseconds: Double?
    /// Of activations, for one image.
    public var memoryBytes: Int
    /// How it was read back; plain sentences.
    public var check: String
    /// Why it is not published; `nil`: it is.
    public var problem: String?

    public init(
        file: String, precision: Precision, bytes: Int, accuracy: Double? = nil, agreement: Double? = nil,
        latencyMilliseconds: Double? = nil, memoryBytes: Int, check: String, problem: String? = nil
    ) {
        self.file = file
        self.precision = precision
        self.bytes = bytes
        self.accuracy = accuracy
        self.agreement = agreement
        self.latencyMilliseconds = latencyMilliseconds
        self.memoryBytes = memoryBytes
        self.check = check
        self.problem = problem
    }
}
