import Compute
import Manifests

/// Reads datasets: finds the labels, decodes or takes the images from the cache, splits, and looks for trouble.
public enum DatasetReader {
    /// - Parameters:
    ///   - progress: called at most a few times a second, from the calling thread, with the images done.
    ///   - shouldStop: asked between blocks of images; `true` ends with `DatasetError.stopped`.
    public static func read(
        _ request: DatasetRequest, pool: ThreadPool, progress: (_ done: Int, _ total: Int) -> Void = { _, _ in },
        shouldStop: () -> Bool = { false }
    ) throws(DatasetError) -> Dataset {
        try withoutActuallyEscaping(progress) { progress throws(DatasetError) in
            try withoutActuallyEscaping(shouldStop) { shouldStop throws(DatasetError) in
                let loader = ImageLoader(
                    request: request, pool: pool, progress: Progress(progress), shouldStop: shouldStop)
                let images = try loader.load()
                let dataset: Dataset
                do throws(DatasetError) {
                    dataset = try DatasetAssembly(request, images).dataset(pool: pool)
                } catch {
                    // The dataset's own trouble is what the user is told; the cache serves when it is mended.
                    try? images.publication?.finish()
                    throw error
                }
                try images.publication?.finish()
                return dataset
            }
        }
    }

    /// A look at names and some image headers; nothing is decoded or written.
    ///
    /// - Parameter progress: called with the share of an archive that has been read, 0...1: all of it must be.
    public static func survey(
        _ request: DatasetRequest, progress: (Double) -> Void = { _ in }
    ) throws(DatasetError) -> DatasetSurvey {
        let file = try DatasetFile(request.path, below: request.roots)
        var (inventory, sample) = try SurveySource.scan(file, request.limits, progress)
        inventory.settle()
        inventory.lookThroughTop()
        let layout = try Layout.find(inventory, path: request.path)
        let plan = SplitPlan(layout, request.split, seed: request.seed)
        guard let choice = InputChoice(sizes: sample.sizes) else { throw .noneDecodes(request.path) }
        let shape = choice.completing(request.input)
        var perClass = [Int](repeating: 0, count: layout.classes.count)
        for image in layout.images { perClass[Int(image.label)] += 1 }
        return DatasetSurvey(
            layout: layout.description, classes: layout.classes, imagesPerClass: perClass, train: plan.count(.train),
            evaluation: plan.count(.evaluation), test: plan.count(.test), unlabelled: layout.unlabelled.count,
            width: shape.width, height: shape.height, channels: shape.channels.count,
            bytes: file.kind == .folder ? inventory.bytes : file.bytes,
            notes: inventory.notes + layout.notes + plan.notes + [choice.note(for: request.input)].compactMap { $0 })
    }
}

extension DatasetError {
    static func noneDecodes(_ path: String) -> DatasetError {
        DatasetError(
            "dataset.empty", "none of the images in it can be read", at: path,
            fix: "look at some of them in an image viewer; only PNG and JPEG are read")
    }
}
