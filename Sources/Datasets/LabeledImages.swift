/// The images of one split, in the order of their paths, whatever order they were stored in.
public struct LabeledImages: Sendable {
    /// N values; indices into `Dataset.classes`, or -1 where there is no label.
    public let labels: [Int32]
    /// N paths, relative to the dataset's top, for people to read.
    public let paths: [String]
    /// N rows of `pixels`.
    let rows: [Int32]
    let store: PixelStore

    public var count: Int { labels.count }

    /// The same images with other labels.
    func labelled(_ labels: [Int32]) -> LabeledImages {
        precondition(labels.count == count)
        return LabeledImages(labels: labels, paths: paths, rows: rows, store: store)
    }

    /// H, W, C bytes of image `i`, contiguous and read-only. Valid while the dataset, or this value, lives.
    public func pixels(_ i: Int) -> UnsafePointer<UInt8> { store.row(Int(rows[i])) }
}
