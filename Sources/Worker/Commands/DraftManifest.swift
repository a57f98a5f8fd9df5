import Datasets
import Manifests
import Reporting

/// A first job for a dataset, by what can be seen without decoding it.
struct DraftManifest {
    let spec: JobSpec
    private let survey: DatasetSurvey

    /// Steps in which a small network learns most of what it will from nothing: 40 epochs of 12,800 images, 128 at once.
    private static let usefulSteps = 4000
    private static let epochRange = 10...120
    /// Fewer steps than these in an epoch: a smaller batch learns more from the same images.
    private static let leastStepsInEpoch = 30
    private static let fewImages = 20
    private static let unbalanced = 10
    private static let shownNames = 8

    init(name: String, dataset: String, survey: DatasetSurvey) {
        self.survey = survey
        let standard = TrainingSpec()
        var training = standard
        training.batch = [128, 64, 32].first { survey.train / $0 >= Self.leastStepsInEpoch } ?? 16
        // In proportion to the batch: Goyal et al. 2017, section 2.1.
        training.learningRate = standard.learningRate * Double(training.batch) / Double(standard.batch)
        let steps = max(1, survey.train / training.batch)
        let rounded = (Self.usefulSteps / steps + 4) / 5 * 5
        let epochs = min(max(rounded, Self.epochRange.lowerBound), Self.epochRange.upperBound)
        spec = JobSpec(
            name: name, dataset: dataset,
            input: InputSpec(
                width: survey.width, height: survey.height, channels: survey.channels == 1 ? .gray : .rgb),
            teacher: NetworkSpec(model: NetworkSpec.defaultTeacher.model, epochs: epochs),
            student: NetworkSpec(model: NetworkSpec.defaultStudent.model, epochs: epochs), training: training)
    }

    /// What the dataset is, and what is likely to spoil the result, a line each.
    var remarks: [String] {
        let classes = Figures.count(survey.classes.count, "class", plural: "classes")
        return [
            "\(survey.layout); \(Figures.count(survey.images, "image")) in \(classes): \(names(survey.classes))",
            "\(Figures.whole(survey.train)) images to train on, \(Figures.whole(survey.evaluation)) to choose the best "
                + "epoch by, \(Figures.whole(survey.test)) for the figures of the report",
        ] + survey.notes + warnings.map { "NOTE: \($0)" }
    }

    private var warnings: [String] {
        let counts = survey.imagesPerClass
        guard let least = counts.min(), let most = counts.max() else { return [] }
        var warnings: [String] = []
        if counts.count == 1 { warnings.append("there is one class only, and a classifier needs two or more") }
        if least < Self.fewImages {
            let few = zip(survey.classes, counts).filter { $0.1 < Self.fewImages }.map { "\($0.0) (\($0.1))" }
            warnings.append("few images of \(names(few)); 50 or more of each class would be better")
        } else if most >= Self.unbalanced * least {
            warnings.append("the largest class has \(most / least) times the images of the smallest")
        }
        return warnings
    }

    private func names(_ all: [String]) -> String {
        all.prefix(Self.shownNames).joined(separator: ", ") + (all.count > Self.shownNames ? ", ..." : "")
    }
}
