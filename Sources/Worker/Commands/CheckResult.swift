import Datasets
import Manifests

/// What `distilld check --json` prints.
struct CheckResult: Encodable {
    struct Problem: Encodable {
        /// Counted from 1; 0: the file as a whole.
        var line, column: Int
        var key, found, allowed: String
        var suggestion: String?
        /// The same as a person reads it.
        var message: String

        init(_ problem: ManifestProblem) {
            line = problem.line
            column = problem.column
            key = problem.key
            found = problem.found
            allowed = problem.allowed
            suggestion = problem.suggestion
            message = problem.description
        }
    }

    struct Dataset: Encodable {
        var layout: String
        var classes: [String]
        var images, train, evaluation, test, unlabelled, width, height, channels: Int
        var notes: [String]

        init(_ survey: DatasetSurvey) {
            layout = survey.layout
            classes = survey.classes
            images = survey.images
            train = survey.train
            evaluation = survey.evaluation
            test = survey.test
            unlabelled = survey.unlabelled
            width = survey.width
            height = survey.height
            channels = survey.channels
            notes = survey.notes
        }
    }

    struct Estimate: Encodable {
        var threads: Int
        /// Of all training.
        var seconds: Double
        var secondsByStage: [String: Double]
        var memoryBytes, imageBytes, teacherParameters, studentParameters: Int

        init(_ estimate: JobEstimate, threads: Int) {
            self.threads = threads
            seconds = estimate.totalSeconds
            secondsByStage = Dictionary(uniqueKeysWithValues: estimate.seconds.map { ($0.stage.rawValue, $0.seconds) })
            memoryBytes = estimate.memoryBytes
            imageBytes = estimate.imageBytes
            teacherParameters = estimate.teacher.parameters
            studentParameters = estimate.student.parameterCount
        }
    }

    var isUsable = false
    /// Of the manifest.
    var problems: [Problem] = []
    var warnings: [Problem] = []
    /// Why the dataset or the teacher cannot be used.
    var failure: JobFailure?
    /// Dotted keys with their values as YAML, defaults filled in.
    var settings: [String: String]?
    var dataset: Dataset?
    var estimate: Estimate?
}
