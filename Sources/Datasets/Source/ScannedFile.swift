/// A file of a dataset as its source found it, before anyone knows what label it has.
struct ScannedFile {
    /// Relative, normal (no `.`, `..` or empty components), with `/` between components.
    var path: String
    /// The image's number in the order of the source; -1: not an image.
    var row: Int32
}

/// Everything a source found by going through all of it once.
struct Inventory {
    /// Images, and other files that are not litter, in the order of the source.
    var files: [ScannedFile] = []
    /// The bytes of every `labels.csv`, with its path.
    var tables: [(path: String, bytes: [UInt8])] = []
    /// Files that look like images by their names and cannot be read: links, files over a limit.
    var unusable: [LeftOutFile] = []
    var notes: [String] = []
    var sample = SizeSample()
    /// Files and folders, with those ignored.
    var entries = 0
    /// Bytes of the images.
    var bytes = 0
}
