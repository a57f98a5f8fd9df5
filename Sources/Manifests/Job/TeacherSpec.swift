/// One of several teachers.
public struct TeacherSpec: Codable, Sendable, Equatable {
    /// Not used where it comes from a file.
    public var network: NetworkSpec
    /// `nil`: it is trained.
    public var teacherFile: TeacherFile?
    /// Against the other teachers'.
    public var weight: Double
    /// Of its first weights and the order of its images; `nil`: see `JobSpec.seed(ofTeacher:)`.
    public var seed: UInt64?

    public init(_ network: NetworkSpec, weight: Double = 1, seed: UInt64? = nil, teacherFile: TeacherFile? = nil) {
        self.network = network
        self.teacherFile = teacherFile
        self.weight = weight
        self.seed = seed
    }
}

extension JobSpec {
    /// All who teach, in the manifest's order; at least one.
    public var allTeachers: [TeacherSpec] { teachers ?? [TeacherSpec(teacher, teacherFile: teacherFile)] }

    /// The seed that a teacher is trained with: its own, or the job's plus its place, so that two of a kind do not
    /// become the same network.
    ///
    /// - Parameter index: from 0.
    public func seed(ofTeacher index: Int) -> UInt64 { allTeachers[index].seed ?? seed &+ UInt64(index) }
}
