/// A teacher that comes trained, in an ONNX file.
public struct TeacherFile: Codable, Sendable, Equatable {
    /// As written: relative to the manifest's folder, or absolute.
    public var path: String
    /// What is done to an image first, by a word of `preprocessings`; `nil`: what the file says, else found by trying.
    public var preprocess: String?

    public init(path: String, preprocess: String? = nil) {
        self.path = path
        self.preprocess = preprocess
    }

    /// What teachers are usually trained with; each also with blue first, `-bgr`.
    public static let preprocessings: [String] = {
        let plain = ["unit", "bytes", "symmetric", "imagenet", "cifar10", "cifar100", "caffe"]
        return plain + plain.map { $0 + "-bgr" }
    }()
}

extension JobSpec {
    /// `teacher.file` as a key of its own.
    var teacherPath: String? {
        get { teacherFile?.path }
        set { teacherFile = newValue.map { TeacherFile(path: $0, preprocess: teacherFile?.preprocess) } }
    }

    /// `teacher.preprocess`; kept with an empty path until the file is read.
    var teacherPreprocess: String? {
        get { teacherFile?.preprocess }
        set { teacherFile = TeacherFile(path: teacherFile?.path ?? "", preprocess: newValue) }
    }
}
