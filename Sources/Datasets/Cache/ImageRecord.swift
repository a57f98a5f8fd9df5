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
        var sums = SIMD4<UInt64>()
        var squares = SIMD4<UInt64>()
        let raw = UnsafeRawBufferPointer(pixels)
        // 48 bytes hold 16 pixels of 3 channels or 48 of one: byte j of them is always of channel j % channels.
        // A lane of 32 bits holds the squares of 65,536 bytes; blocks are much smaller than that.
        let blocks = raw.count / 48
        var block = 0
        while block < blocks {
            let end = min(blocks, block + 256)
            var a = (SIMD16<UInt16>(), SIMD16<UInt16>(), SIMD16<UInt16>())
            var b = (SIMD16<UInt32>(), SIMD16<UInt32>(), SIMD16<UInt32>())
            while block < end {
                let at = block * 48
                add(raw.loadUnaligned(fromByteOffset: at, as: SIMD16<UInt8>.self), &a.0, &b.0)
                add(raw.loadUnaligned(fromByteOffset: at + 16, as: SIMD16<UInt8>.self), &a.1, &b.1)
                add(raw.loadUnaligned(fromByteOffset: at + 32, as: SIMD16<UInt8>.self), &a.2, &b.2)
                block += 1
            }
            for lane in 0..<16 {
                sums[lane % channels] &+= UInt64(a.0[lane])
                sums[(lane + 16) % channels] &+= UInt64(a.1[lane])
                sums[(lane + 32) % channels] &+= UInt64(a.2[lane])
                squares[lane % channels] &+= UInt64(b.0[lane])
                squares[(lane + 16) % channels] &+= UInt64(b.1[lane])
                squares[(lane + 32) % channels] &+= UInt64(b.2[lane])
            }
        }
        for i in blocks * 48..<raw.count {
            sums[i % channels] &+= UInt64(raw[i])
            squares[i % channels] &+= UInt64(raw[i]) * UInt64(raw[i])
        }
        return (sums, squares)
    }

    @inline(__always)
    private static func add(_ bytes: SIMD16<UInt8>, _ sums: inout SIMD16<UInt16>, _ squares: inout SIMD16<UInt32>) {
        let wide = SIMD16<UInt16>(truncatingIfNeeded: bytes)
        sums &+= wide
        squares &+= SIMD16<UInt32>(truncatingIfNeeded: wide &* wide)
    }
}
