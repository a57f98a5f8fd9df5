/// Sizes and colours of some images, evenly spread over all, to choose the input's shape from.
///
/// Every 2^k-th image is looked at, with k raised whenever the sample is full: the same images whether their
/// number is known beforehand or not.
struct SizeSample {
    struct Size: Equatable {
        /// The image's number in the order of the source.
        var row: Int32
        var width: Int32
        var height: Int32
        var gray: Bool
    }

    static let capacity = 512
    private(set) var sizes: [Size] = []
    private var interval: Int32 = 1

    /// Whether the image's header should be read and added.
    func wants(row: Int32) -> Bool { row % interval == 0 }

    /// Images come in rising order of `row`.
    mutating func add(_ size: Size) {
        guard wants(row: size.row) else { return }
        sizes.append(size)
        guard sizes.count == Self.capacity else { return }
        interval *= 2
        sizes.removeAll { $0.row % interval != 0 }
    }
}
