/// The eight ways of EXIF to turn and mirror an image.
struct Orientation {
    /// Whether width and height change places.
    let swapsSides: Bool
    private let flipsX: Bool
    private let flipsY: Bool

    static let upright = Orientation(exif: 1)

    /// - Parameter exif: 1...8.
    init(exif: Int) {
        precondition((1...8).contains(exif))
        swapsSides = exif >= 5
        // Where stored row and column run against the ones seen.
        flipsX = [2, 3, 7, 8].contains(exif)
        flipsY = [3, 4, 6, 7].contains(exif)
    }

    var isUpright: Bool { !swapsSides && !flipsX && !flipsY }

    /// Width and height as seen, of an image stored with these.
    func seen(_ width: Int, _ height: Int) -> (width: Int, height: Int) {
        swapsSides ? (height, width) : (width, height)
    }

    /// Copies a stored image of `width` x `height` pixels without gaps to one as seen, rows `toStride` bytes apart.
    func apply(
        _ from: UnsafePointer<UInt8>, width: Int, height: Int, channels: Int, to: UnsafeMutablePointer<UInt8>,
        toStride: Int
    ) {
        let rowBytes = width * channels
        let seen = seen(width, height)
        for y in 0..<seen.height {
            for x in 0..<seen.width {
                // The stored pixel that is seen at x, y.
                let across = swapsSides ? y : x
                let down = swapsSides ? x : y
                let column = flipsX ? width - 1 - across : across
                let row = flipsY ? height - 1 - down : down
                let source = from + row * rowBytes + column * channels
                let target = to + y * toStride + x * channels
                for c in 0..<channels { target[c] = source[c] }
            }
        }
    }
}
