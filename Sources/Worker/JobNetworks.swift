import Datasets
import Distillation
import Importers
import Manifests
import Networks

/// The job's networks, made for its data.
struct JobNetworks {
    /// In the manifest's order; at least one.
    let teachers: [TeacherSource]
    let student: Graph

    /// - Parameter teacherFile: where the manifest's `teacher.file` lies.
    /// - Throws: `PresetError`; a `JobFailure` with the code `teacher.file` for a file that cannot be used.
    init(_ spec: JobSpec, dataset: Dataset, teacherFile: String?) throws {
        try self.init(
            spec, height: dataset.height, width: dataset.width, channels: dataset.channels,
            classes: dataset.classes.count, teacherFile: teacherFile)
    }

    init(
        _ spec: JobSpec, height: Int, width: Int, channels: Int, classes: Int, teacherFile: String?
    ) throws {
        let input = Graph.Shape(height: height, width: width, channels: channels)
        if let file = spec.teacherFile {
            let model = try Self.read(
                teacherFile ?? file.path, named: file.path, input: input, features: spec.distillation.features)
            teachers = [.file(model)]
        } else {
            teachers = try spec.allTeachers.map { one in
                .preset(
                    try Presets.make(one.network.model, width: one.network.width, input: input, classes: classes))
            }
        }
        student = try Presets.make(spec.student.model, width: spec.student.width, input: input, classes: classes)
        // Before anything is trained, not when the student's turn comes.
        if let features = spec.distillation.features {
            try FeatureCheck.check(features, student: student, teachers: teachers.map(\.features))
        }
    }

    /// - Parameter features: what is to be learned from its activations; `nil`: it gives logits alone.
    private static func read(
        _ path: String, named name: String, input: Graph.Shape, features: [FeatureSpec]?
    ) throws -> ImportedModel {
        let size = (height: input.height, width: input.width)
        do {
            guard let features else { return try ImportedModel(contentsOf: path, displayName: name, size: size) }
            return try ImportedModel.givingStages(
                contentsOf: path, displayName: name, size: size, named: features.compactMap(\.teacher))
        } catch {
            let place = error.node.map { ", \($0)" } ?? ""
            throw JobFailure(
                code: "teacher.file", what: "the teacher cannot be used: \(error.reason)", location: name + place,
                fix: error.advice)
        }
    }
}

/// Where a teacher comes from.
enum TeacherSource {
    /// Trained here.
    case preset(Graph)
    /// Trained elsewhere.
    case file(ImportedModel)

    /// Where it can be looked into.
    var features: FeatureMap {
        switch self {
        case .preset(let graph): FeatureMap(graph)
        case .file(let model): FeatureMap(model)
        }
    }

    var parameterCount: Int {
        switch self {
        case .preset(let graph): graph.parameterCount
        case .file(let model): model.parameterCount
        }
    }

    var multiplyAccumulates: Int {
        switch self {
        case .preset(let graph): graph.multiplyAccumulates
        case .file(let model): model.multiplyAccumulates
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
