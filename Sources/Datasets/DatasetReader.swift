import Compute

/// Reads datasets: finds the labels, decodes or takes the images from the cache, splits, and looks for trouble.
public enum DatasetReader {
    /// - Parameters:
    ///   - progress: called at most a few times a second, from the calling thread, with the images done.
    ///   - shouldStop: asked between blocks of images; `true` ends with `DatasetError.stopped`.
    public static func read(
        _ request: DatasetRequest, pool: ThreadPool, progress: (_ done: Int, _ total: Int) -> Void = { _, _ in },
        shouldStop: () -> Bool = { false }
    ) throws(DatasetError) -> Dataset {
        throw .stopped
    }

    /// A look at names and some image headers; nothing is decoded or written.
    public static func survey(_ request: DatasetRequest) throws(DatasetError) -> DatasetSurvey {
        throw .stopped
    }
}
