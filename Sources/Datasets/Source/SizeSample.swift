/// Sizes and colours of some images, spread over all of a dataset, to choose the input's shape from.
///
/// The images whose paths have the smallest hashes: the same ones whatever order a source gives them in, and without
/// knowing beforehand how many there are.
struct SizeSample {
    struct Size: Equatable {
        /// Hash of the image's path.
        var rank: UInt64
        var width: Int32
        var height: Int32
        var gray: Bool
    }

    static let capacity = 512
    /// Rising by rank.
    private(set) var sizes: [Size] = []

    /// - Parameter path: as the source gives it.
    static func rank(path: String) -> UInt64 {
        var path = path
        return path.withUTF8 { PixelHash.of(UnsafeRawBufferPointer($0)) }
    }

    /// Whether the image's header should be read and added.
    func wants(_ rank: UInt64) -> Bool {
        sizes.count < Self.capacity || rank < sizes[sizes.count - 1].rank
    }

    /// In any order.
    mutating func add(_ size: Size) {
        guard wants(size.rank) else { return }
        var (low, high) = (0, sizes.count)
        while low < high {
            let middle = (low + high) / 2
            if sizes[middle].rank < size.rank { low = middle + 1 } else { high = middle }
        }
        sizes.insert(size, at: low)
        if sizes.count > Self.capacity { sizes.removeLast() }
    }

    mutating func add(_ info: ImageInfo, rank: UInt64) {
        add(Size(rank: rank, width: Int32(info.width), height: Int32(info.height), gray: !info.isColor))
    }
}
