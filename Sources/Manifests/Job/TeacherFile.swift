/// A teacher that comes trained, in an ONNX file.
public struct TeacherFile: Codable, Sendable, Equatable {
    /// As written: relative to the manifest's folder, or absolute.
    public var path: String
    /// What is done to an image first; `nil`: what the file says, else found by trying.
    public var preprocess: TeacherInput?
    /// A file with the names of its outputs, a line each, as written; `nil`: what the model's file says, else found by
    /// its answers.
    public var labels: String?
    /// Values of its graph that are given out besides the logits, by their names; `nil`: none.
    public var hints: [String]?

    public init(path: String, preprocess: TeacherInput? = nil, labels: String? = nil, hints: [String]? = nil) {
        self.path = path
        self.preprocess = preprocess
        self.labels = labels
        self.hints = hints
    }

    var isEmpty: Bool { path.isEmpty && preprocess == nil && labels == nil && hints == nil }
}

/// What has a teacher's file, in keys of its own. They may come in any order: the path is empty until it is read.
protocol HasTeacherFile: Sendable {
    var teacherFile: TeacherFile? { get set }
}

extension HasTeacherFile {
    var teacherPath: String? {
        get { teacherFile.flatMap { $0.path.isEmpty ? nil : $0.path } }
        set { set { $0.path = newValue ?? "" } }
    }
    var teacherInput: TeacherInput? {
        get { teacherFile?.preprocess }
        set { set { $0.preprocess = newValue } }
    }
    var teacherLabels: String? {
        get { teacherFile?.labels }
        set { set { $0.labels = newValue } }
    }
    var teacherHints: [String]? {
        get { teacherFile?.hints }
        set { set { $0.hints = newValue } }
    }

    private mutating func set(_ change: (inout TeacherFile) -> Void) {
        var file = teacherFile ?? TeacherFile(path: "")
        change(&file)
        teacherFile = file.isEmpty ? nil : file
    }
}

extension JobSpec: HasTeacherFile {}
extension TeacherSpec: HasTeacherFile {}

/// A file that a manifest names besides its dataset.
public struct NamedFile: Sendable, Equatable {
    /// Where: `teacher.file`, `teachers[2].labels`.
    public var key: String
    /// As written.
    public var path: String
}

extension JobSpec {
    /// The files of all teachers, in the manifest's order.
    public var namedFiles: [NamedFile] {
        allTeachers.enumerated().flatMap { index, teacher -> [NamedFile] in
            guard let file = teacher.teacherFile else { return [] }
            let place = teachers == nil ? "teacher" : "teachers[\(index + 1)]"
            return [NamedFile(key: "\(place).file", path: file.path)]
                + (file.labels.map { [NamedFile(key: "\(place).labels", path: $0)] } ?? [])
        }
    }
}
