import Datasets

/// Labelled images as a table of pointers, so that reading one costs neither a check nor a reference count.
public final class ImageSet: Sendable {
    public let count: Int
    /// N; class indices, or -1 where there is no label.
    public nonisolated(unsafe) let labels: UnsafePointer<Int32>
    /// N; H,W,C bytes of each image.
    public nonisolated(unsafe) let rows: UnsafePointer<UnsafePointer<UInt8>>
    private let source: Source

    /// What keeps the pixels alive.
    private enum Source: Sendable {
        case dataset([LabeledImages])
        case copy(PixelCopy)
        case parts([ImageSet])
    }

    /// One after another; the pixels stay where they are.
    public init(_ images: LabeledImages...) {
        count = images.reduce(0) { $0 + $1.count }
        labels = Self.table(images.flatMap(\.labels))
        rows = Self.table(images.flatMap { set in (0..<set.count).map { set.pixels($0) } })
        source = .dataset(images)
    }

    /// Copies images from memory.
    ///
    /// - Parameter pixels: N,H,W,C.
    public init(labels: [Int32], pixels: [UInt8]) {
        let size = labels.isEmpty ? 0 : pixels.count / labels.count
        precondition(pixels.count == size * labels.count)
        let copy = PixelCopy(pixels)
        count = labels.count
        self.labels = Self.table(labels)
        rows = Self.table(labels.indices.map { copy.base + $0 * size })
        source = .copy(copy)
    }

    /// Images of others, which stay where they are.
    init(parts: [(images: ImageSet, chosen: [Int])]) {
        let places = parts.flatMap { part in part.chosen.map { (part.images, $0) } }
        count = places.count
        labels = Self.table(places.map { $0.0.labels[$0.1] })
        rows = Self.table(places.map { $0.0.rows[$0.1] })
        source = .parts(parts.map(\.images))
    }

    deinit {
        UnsafeMutablePointer(mutating: labels).deallocate()
        UnsafeMutablePointer(mutating: rows).deallocate()
    }

    private static func table<Element>(_ values: [Element]) -> UnsafePointer<Element> {
        let table = UnsafeMutablePointer<Element>.allocate(capacity: max(values.count, 1))
        for (i, value) in values.enumerated() { (table + i).initialize(to: value) }
        return UnsafePointer(table)
    }
}

private final class PixelCopy: Sendable {
    nonisolated(unsafe) let base: UnsafePointer<UInt8>

    init(_ pixels: [UInt8]) {
        let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: max(pixels.count, 1))
        for i in pixels.indices { copy[i] = pixels[i] }
        base = UnsafePointer(copy)
    }

    deinit { UnsafeMutablePointer(mutating: base).deallocate() }
}
