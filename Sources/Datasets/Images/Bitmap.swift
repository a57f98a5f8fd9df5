/// An image in memory: 8 bits a channel, rows from the top without gaps.
public struct Bitmap: Sendable, Equatable {
    public let width: Int
    public let height: Int
    /// 3 (R, G, B) or 1 (gray).
    public let channels: Int
    /// H, W, C bytes.
    public var pixels: [UInt8]

    /// - Precondition: the sides are at least 1, `channels` is 1 or 3, and `pixels` has height * width * channels.
    public init(width: Int, height: Int, channels: Int, pixels: [UInt8]) {
        precondition(width > 0 && height > 0 && (channels == 1 || channels == 3))
        precondition(pixels.count == width * height * channels)
        self.width = width
        self.height = height
        self.channels = channels
        self.pixels = pixels
    }
}
