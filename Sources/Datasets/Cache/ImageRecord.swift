import CCodecs

/// What is known of a decoded image besides its pixels: enough for statistics and lint without reading them again.
struct ImageRecord: Equatable, Sendable {
    /// `PixelHash` of the H, W, C bytes.
    var hash: UInt64 = 0
    /// `PerceptualHash` of the image.
    var perceptual: UInt64 = 0
    /// Sum of the bytes of each channel; unused channels are 0.
    var sums = SIMD4<UInt64>()
    /// Sum of the squares of the bytes of each channel.
    var squares = SIMD4<UInt64>()

    init() {}

    /// - Parameter pixels: H, W, C bytes without gaps.
    init(pixels: UnsafeBufferPointer<UInt8>, channels: Int, perceptual: PerceptualHash) {
        hash = PixelHash.of(UnsafeRawBufferPointer(pixels))
        self.perceptual = perceptual.of(pixels)
        (sums, squares) = Self.moments(pixels, channels: channels)
    }

    /// Variance of the pixels, averaged over channels, in units of the bytes.
    func variance(pixels: Int, channels: Int) -> Double {
        var total = 0.0
        for channel in 0..<channels {
            let mean = Double(sums[channel]) / Double(pixels)
            total += Double(squares[channel]) / Double(pixels) - mean * mean
        }
        return max(0, total / Double(channels))
    }

    /// Whether all pixels have one colour. Exact: n * sum of squares equals the squared sum only then.
    func isConstant(pixels: Int, channels: Int) -> Bool {
        (0..<channels).allSatisfy { UInt64(pixels) &* squares[$0] == sums[$0] &* sums[$0] }
    }

    /// Sums and sums of squares of each channel, in integers, so that order does not matter.
    private static func moments(
        _ pixels: UnsafeBufferPointer<UInt8>, channels: Int
    ) -> (SIMD4<UInt64>, SIMD4<UInt64>) {
        var (sums, squares) = (SIMD4<UInt64>(), SIMD4<UInt64>())
        withUnsafeMutableBytes(of: &sums) { sums in
            withUnsafeMutableBytes(of: &squares) { squares in
                cc_stats_moments(
                    pixels.baseAddress, pixels.count, Int32(channels),
                    sums.baseAddress?.assumingMemoryBound(to: UInt64.self),
                    squares.baseAddress?.assumingMemoryBound(to: UInt64.self))
            }
        }
        return (sums, squares)
    }
}
