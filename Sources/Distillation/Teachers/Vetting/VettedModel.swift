import Compute
import Importers
import Manifests

/// A model from a file, made a teacher of a dataset after it was asked about the evaluation split.
public struct VettedModel: Sendable {
    /// With the preprocessing and the order of classes under which it is right most often.
    public let teacher: Teacher
    /// With the preprocessing that was given, whatever came of it.
    public let asGiven: Teacher
    /// What was tried, and what is to be said of it.
    public let result: ModelVetting.Result

    /// - Parameters:
    ///   - preprocessing: as the user wrote it; `nil`: what the file says, else values of 0 to 1 are tried first.
    ///   - classes: the dataset's, in the student's order.
    ///   - names: of the model's outputs, such as from `labels.txt`; `nil`: what the file says.
    /// - Throws: `Suspended`, or a `JobFailure` with the code `teacher.unfit` where the model has other channels than
    ///   the images, or fewer outputs than there are classes and no names for them.
    public init(
        _ model: ImportedModel, preprocessing: TeacherPreprocessing?, classes: [String], names: [String]? = nil,
        weight: Double = 1, data: TrainingData, pool: ThreadPool, shouldStop: () -> Bool = { false }
    ) throws {
        precondition(classes.count == data.classes)
        let given = preprocessing ?? model.statedPreprocessing ?? TeacherPreprocessing.known[0]
        let first = Teacher(model, preprocessing: given, weight: weight)
        let named = names ?? model.classNames
        let knowsSome = named.map { ClassMatch.byNames(classes, teacher: $0) != nil } ?? false
        guard model.channels == data.channels, model.classes >= data.classes || knowsSome else {
            throw JobFailure.unfitModel(model, data: data)
        }
        let images = data.evaluation
        let vetting = ModelVetting(
            classes: classes, labels: (0..<images.count).map { Int(images.labels[$0]) }, outputs: model.classes,
            names: named)
        guard images.count > 0 else {
            // Nothing to ask about: its names, or its order, are taken at their word.
            let trial = vetting.trial(given, [])
            teacher = first.with(trial, of: model)
            asGiven = teacher
            result = vetting.judge([trial])
            return
        }
        let found = try vetting.run(given: given) { (other: TeacherPreprocessing) throws(Suspended) -> [Float] in
            let seated = SeatedTeacher(
                Teacher(model, preprocessing: other), data: data, batch: HeldOutAnswers.batch, pool: pool)
            return try seated.logits(of: data, pool: pool, shouldStop: shouldStop)
        }
        teacher = first.with(found.best, of: model)
        asGiven = first.with(found.trials[0], of: model)
        result = found
    }
}

extension Teacher {
    fileprivate func with(_ trial: ModelVetting.Trial, of model: ImportedModel) -> Teacher {
        let isPlain = trial.match.isSameOrder && model.classes == trial.match.outputs.count
        var teacher = Teacher(
            model, preprocessing: trial.preprocessing, weight: weight, classMap: isPlain ? nil : trial.match.outputs)
        if trial.match.outputs.contains(-1) { teacher.classWeights = trial.match.outputs.map { $0 < 0 ? 0 : 1 } }
        return teacher
    }
}

extension JobFailure {
    fileprivate static func unfitModel(_ model: ImportedModel, data: TrainingData) -> JobFailure {
        JobFailure(
            code: "teacher.unfit",
            what: "\(model.name) takes images of \(model.channels) channels and has \(model.classes) outputs; the "
                + "dataset has \(data.channels) channels and \(data.classes) classes",
            location: model.name,
            fix: "use a teacher that takes \(data.channels == 1 ? "gray" : "color") images and has an output for each "
                + "class, or name its outputs with `labels` where it knows some of the classes; or set `input.channels`"
        )
    }
}
