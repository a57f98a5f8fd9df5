import Datasets
import Distillation
import Manifests
import Networks
import Reporting

/// The networks of a finished job, to be asked about further images.
struct Respondents {
    /// Answers in the order of the images.
    typealias Ask = (ImageSet) throws -> Evaluation

    let teacher, student: Ask
}

extension JobPipeline {
    private static let robustnessImages = 1000
    private static let labelImages = 20_000
    private static let shownSuspects = 12
    /// A label is doubted where both networks give another class at least this probability.
    private static let sure: Float = 0.8

    /// Looks at what accuracy alone does not tell.
    ///
    /// - Parameters:
    ///   - images: of the test split.
    ///   - answers: of each network on them.
    func insights(
        _ ask: Respondents, images: LabeledImages, answers: [(role: ModelResult.Role, evaluation: Evaluation)],
        dataset: Dataset, seed: UInt64
    ) throws -> Insights {
        let calibration = answers.map { role, evaluation in
            Insights.NetworkCalibration(
                role: role,
                calibration: ReliabilityDiagram(evaluation.answers.map { (Double($0.confidence), $0.isRight) }))
        }
        let (rows, count) = try robustness(ask, images, dataset, seed: seed)
        var insights = Insights(calibration: calibration, robustness: rows, robustnessCount: count)
        try doubtLabels(ask, dataset, into: &insights)
        return insights
    }

    private func robustness(
        _ ask: Respondents, _ images: LabeledImages, _ dataset: Dataset, seed: UInt64
    ) throws -> ([Insights.Robustness], Int) {
        let chosen = spread(images.count, most: Self.robustnessImages)
        guard !chosen.isEmpty else { return ([], 0) }
        let labels = chosen.map { images.labels[$0] }
        let plain = chosen.map { bitmap(images, $0, dataset) }
        func row(_ change: String, _ meaning: String, _ pictures: [Bitmap]) throws -> Insights.Robustness {
            let set = ImageSet(labels: labels, pixels: pictures.flatMap(\.pixels))
            return Insights.Robustness(
                change: change, meaning: meaning, teacher: try ask.teacher(set).accuracy,
                student: try ask.student(set).accuracy)
        }
        var rows = [try row("none", "as they are", plain)]
        for change in Perturbation.allCases {
            if shouldStop() { throw Suspended() }
            var pictures = plain
            pictures.withUnsafeMutableBufferPointer { pictures in
                pool.run(pictures.count) { i, _ in pictures[i] = change.apply(to: plain[i], seed: seed, index: i) }
            }
            rows.append(try row(change.rawValue, change.meaning, pictures))
        }
        return (rows, chosen.count)
    }

    /// Training images that both networks take for the same other class, though they have learned the label.
    private func doubtLabels(_ ask: Respondents, _ dataset: Dataset, into insights: inout Insights) throws {
        guard !dataset.isWithoutLabels else { return }
        let images = dataset.train
        let chosen = spread(images.count, most: Self.labelImages)
        insights.labelsChecked = chosen.count
        let all = chosen.count == images.count
        let set =
            all
            ? ImageSet(images)
            : ImageSet(labels: chosen.map { images.labels[$0] }, pixels: chosen.flatMap { pixels(images, $0, dataset) })
        let student = try ask.student(set).answers
        let teacher = try ask.teacher(set).answers
        let doubted = chosen.indices.filter { i in
            !student[i].isRight && student[i].predicted == teacher[i].predicted
                && min(student[i].confidence, teacher[i].confidence) >= Self.sure
        }
        func surety(_ i: Int) -> Float { student[i].confidence + teacher[i].confidence }
        insights.suspectCount = doubted.count
        insights.suspectLabels = doubted.sorted { (surety($1), $0) < (surety($0), $1) }.prefix(Self.shownSuspects).map {
            Mistake(
                path: images.paths[chosen[$0]], label: Int(student[$0].label), predicted: Int(student[$0].predicted),
                probability: Double(student[$0].confidence), teacherPredicted: Int(teacher[$0].predicted),
                image: Mistake.dataURI(ImageCodec.encodePNG(bitmap(images, chosen[$0], dataset))))
        }
    }

    /// At most `most` indices of 0..<count, evenly over all.
    private func spread(_ count: Int, most: Int) -> [Int] {
        count <= most ? Array(0..<count) : (0..<most).map { $0 * count / most }
    }

    private func pixels(_ images: LabeledImages, _ index: Int, _ dataset: Dataset) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(
            start: images.pixels(index), count: dataset.width * dataset.height * dataset.channels)
    }

    func bitmap(_ images: LabeledImages, _ index: Int, _ dataset: Dataset) -> Bitmap {
        Bitmap(
            width: dataset.width, height: dataset.height, channels: dataset.channels,
            pixels: Array(pixels(images, index, dataset)))
    }
}
