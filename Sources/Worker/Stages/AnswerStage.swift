import Datasets
import Distillation
import Importers
import Manifests
import Networks

/// The teacher of a dataset without labels, who is the only one to say what there is to see.
struct SoleTeacher {
    let file: FiledTeacher
    /// Of its outputs, in their order.
    let classes: [String]

    /// - Throws: a `JobFailure` with the code `dataset.unlabelled` where the manifest names no such teacher, or
    ///   `teacher.file`.
    init(_ spec: JobSpec, files: [String: String], input: Graph.Shape) throws(JobFailure) {
        guard spec.allTeachers.count == 1, let named = spec.allTeachers[0].teacherFile else {
            throw JobFailure(
                code: "dataset.unlabelled",
                what: spec.allTeachers.count == 1
                    ? "no image has a label, and a teacher that is trained here would have nothing to learn from"
                    : "no image has a label, and \(spec.allTeachers.count) teachers cannot be weighed without any",
                location: spec.dataset,
                fix: "name one teacher that comes trained, with `teacher.file`; or put the images that have a label "
                    + "into a folder for each class, beside unlabelled/")
        }
        file = try FiledTeacher(named, files: files, input: input, losses: spec.distillation.features)
        classes = file.labels ?? file.model.classNames ?? (0..<file.model.classes).map { "class \($0)" }
    }
}

extension JobPipeline {
    /// A dataset without labels, its evaluation and test images with the teacher's answers in place of them: what is
    /// measured then is how often others say the same.
    func answered(_ dataset: Dataset, _ spec: inout JobSpec, _ files: [String: String]) throws -> Dataset {
        guard dataset.isWithoutLabels else { return dataset }
        let input = Graph.Shape(height: dataset.height, width: dataset.width, channels: dataset.channels)
        let sole = try SoleTeacher(spec, files: files, input: input)
        emit(.stage(.teacher, total: 0))
        let nobody = ImageSet(labels: [], pixels: [])
        let data = TrainingData(
            height: dataset.height, width: dataset.width, channels: dataset.channels, classes: sole.classes.count,
            mean: dataset.mean, std: dataset.std, train: nobody, evaluation: nobody, contentHash: dataset.contentHash)
        let teacher = try VettedModel(
            sole.file.model, preprocessing: sole.file.preprocessing, classes: sole.classes, names: sole.classes,
            data: data, pool: pool, shouldStop: shouldStop
        ).asGiven
        func answers(_ images: LabeledImages) throws -> [Int32] {
            try teacher.evaluation(of: ImageSet(images), data: data, pool: pool, shouldStop: shouldStop)
                .answers.map(\.predicted)
        }
        spec.baseline = false
        answeredBy = sole.file.model.name
        warn(
            "no image has a label: what is called accuracy is how often a network says what the teacher "
                + "\(sole.file.model.name) says; how often either is right cannot be measured, and there is no baseline"
        )
        if sole.file.preprocessing == nil, sole.file.model.statedPreprocessing == nil {
            warn(
                "the teacher's file does not say what is done to an image first, and without labels it cannot be found by "
                    + "trying: values of 0 to 1 are taken; name it with `teacher.preprocess`")
        }
        return dataset.answered(
            classes: sole.classes, evaluation: try answers(dataset.evaluation), test: try answers(dataset.test))
    }
}
