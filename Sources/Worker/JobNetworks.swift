import Datasets
import Distillation
import Manifests
import Networks

/// The job's networks, made for its data.
struct JobNetworks {
    /// In the manifest's order; at least one.
    let teachers: [TeacherSource]
    var student: Graph

    /// - Parameter files: where the files of teachers lie, by their paths as written.
    /// - Throws: `PresetError`; a `JobFailure` with the code `teacher.file` or `teacher.labels` for a file that cannot be
    ///   used.
    init(_ spec: JobSpec, dataset: Dataset, files: [String: String]) throws {
        try self.init(
            spec, height: dataset.height, width: dataset.width, channels: dataset.channels,
            classes: dataset.classes.count, files: files)
    }

    init(
        _ spec: JobSpec, height: Int, width: Int, channels: Int, classes: Int, files: [String: String]
    ) throws {
        let input = Graph.Shape(height: height, width: width, channels: channels)
        teachers = try spec.allTeachers.map { one in
            if let file = one.teacherFile {
                return .file(
                    try FiledTeacher(
                        file, files: files, input: input, losses: spec.distillation.features))
            }
            return .preset(
                try Presets.make(one.network.model, width: one.network.width, input: input, classes: classes))
        }
        student = try Presets.make(spec.student.model, width: spec.student.width, input: input, classes: classes)
        // Before anything is trained, not when the student's turn comes.
        if let features = spec.distillation.features {
            try FeatureCheck.check(features, student: student, teachers: teachers.map(\.features))
        }
    }
}

extension JobNetworks {
    /// Parameters of the largest teacher.
    var largestTeacher: Int { teachers.map(\.parameterCount).max() ?? 0 }
}

/// Where a teacher comes from.
enum TeacherSource {
    /// Trained here.
    case preset(Graph)
    /// Trained elsewhere.
    case file(FiledTeacher)

    /// Where it can be looked into.
    var features: FeatureMap {
        switch self {
        case .preset(let graph): FeatureMap(graph)
        case .file(let teacher): FeatureMap(teacher.model)
        }
    }

    var parameterCount: Int {
        switch self {
        case .preset(let graph): graph.parameterCount
        case .file(let teacher): teacher.model.parameterCount
        }
    }

    var multiplyAccumulates: Int {
        switch self {
        case .preset(let graph): graph.multiplyAccumulates
        case .file(let teacher): teacher.model.multiplyAccumulates
        }
    }
}

/// A teacher who has learned.
struct TaughtTeacher {
    let teacher: Teacher
    /// `nil`: it came from a file.
    let training: TrainingOutcome?
    /// Of one from a file: its accuracy on the evaluation split.
    let vettedAccuracy: Double?
}
