import Compute
import Datasets
import Foundation
import Manifests
import Reporting

extension JobPipeline {
    /// Reads the dataset and settles what the manifest left to it.
    func read(_ spec: JobSpec) throws -> Dataset {
        emit(.stage(.read, total: 0))
        let request = DatasetRequest(
            path: order.datasetPath, below: order.roots, input: spec.input, split: spec.split,
            maxCorrupt: spec.maxCorrupt,
            seed: spec.seed, cacheDirectory: order.cacheDirectory, limits: order.limits)
        let dataset = try DatasetReader.read(
            request, pool: pool, progress: { done, total in emit(.progress(.read, done: done, total: total)) },
            shouldStop: shouldStop)
        for note in dataset.notes { emit(.notice(note)) }
        for finding in dataset.lint where finding.severity == .warning { emit(.notice(finding.message)) }
        if !dataset.leftOut.isEmpty {
            emit(.notice("\(dataset.leftOut.count) files could not be used and are left out; the report names them"))
        }
        samples = Self.samples(of: dataset, bitmap: { bitmap(dataset.train, $0, dataset) })
        let file = URL(fileURLWithPath: order.checkpointDirectory).appendingPathComponent(DataSample.fileName)
        try WholeFile.write(JSONEncoder().encode(samples), to: file.path)
        return dataset
    }

    /// Training images: the first ones of each class, as many of each as there is room for, or of as many classes.
    private static func samples(of dataset: Dataset, bitmap: (Int) -> Bitmap) -> [DataSample] {
        let most = 24
        let each = max(1, min(3, most / dataset.classes.count))
        var chosen = [[Int]](repeating: [], count: dataset.classes.count)
        for (i, label) in dataset.train.labels.enumerated() where chosen[Int(label)].count < each {
            chosen[Int(label)].append(i)
        }
        let labels = (0..<min(most, chosen.count)).map { $0 * chosen.count / min(most, chosen.count) }
        return labels.flatMap { chosen[$0] }.map { i in
            let picture = bitmap(i)
            let isSmall = max(picture.width, picture.height) <= 40
            return DataSample(
                path: dataset.train.paths[i], className: dataset.classes[Int(dataset.train.labels[i])],
                image: isSmall
                    ? Mistake.dataURI(ImageCodec.encodePNG(picture))
                    : Mistake.dataURI(ImageCodec.encodeJPEG(picture, quality: 85), type: "image/jpeg"))
        }
    }

    /// The job with the shape that was chosen from the data, so that its `job.yaml` repeats this run.
    func resolved(_ spec: JobSpec, for dataset: Dataset) -> JobSpec {
        var spec = spec
        spec.input.width = dataset.width
        spec.input.height = dataset.height
        spec.input.channels = dataset.channels == 1 ? .gray : .rgb
        spec.distillation = spec.distillation.suited(classes: dataset.classes.count)
        // What tuning may change stays open until it has.
        if !spec.looksForMore { spec.distillation.isAuto = false }
        return spec
    }
}

extension DataSummary {
    /// - Parameter answeredBy: of a dataset without labels: the teacher whose answers stand for them.
    init(_ dataset: Dataset, spec: JobSpec, answeredBy: String?) {
        func split(_ name: SplitSummary.Name, _ images: LabeledImages) -> SplitSummary {
            var counts = [Int](repeating: 0, count: dataset.classes.count)
            for label in images.labels where label >= 0 { counts[Int(label)] += 1 }
            return SplitSummary(name: name, perClass: counts)
        }
        self.init(
            dataset: spec.dataset, contentHash: dataset.contentHash, classes: dataset.classes,
            splits: [
                split(.train, dataset.train), split(.evaluation, dataset.evaluation), split(.test, dataset.test),
            ],
            input: InputSummary(
                width: dataset.width, height: dataset.height, channels: dataset.channels, fit: spec.input.fit,
                background: spec.input.background, mean: dataset.mean, std: dataset.std),
            notes: dataset.notes,
            findings: dataset.lint.map {
                DataFinding(kind: $0.kind.rawValue, message: $0.message, examples: $0.examples)
            },
            leftOut: dataset.leftOut.map { UnusedFile(path: $0.path, reason: $0.reason) })
        let unlabelled = dataset.unlabelled.count + (dataset.isWithoutLabels ? dataset.train.count : 0)
        if unlabelled > 0 { self.unlabelled = unlabelled }
        self.answeredBy = answeredBy
    }
}
