import Compute
import Manifests

/// An `AugmentSpec` in pixels, and what it draws for one image.
package struct AugmentPlan: Sendable {
    package let height, width: Int
    /// Reflected pixels above and below, left and right.
    package let padY, padX: Int
    package let flips: Bool
    /// Height and width of the blanked square; 0: none.
    package let cutHeight, cutWidth: Int
    /// Largest relative change of brightness, contrast and saturation.
    package let jitter: Float

    /// The changes of one image.
    package struct Change: Sendable, Equatable {
        /// Row and column of the padded image at which the window begins: 0...2 pad.
        package var cropY, cropX: Int
        package var flip: Bool
        /// Centre of the blanked square.
        package var cutY, cutX: Int
        /// Factors, 1 where nothing changes.
        package var brightness, contrast, saturation: Float

        package init(
            cropY: Int, cropX: Int, flip: Bool, cutY: Int, cutX: Int, brightness: Float, contrast: Float,
            saturation: Float
        ) {
            self.cropY = cropY
            self.cropX = cropX
            self.flip = flip
            self.cutY = cutY
            self.cutX = cutX
            self.brightness = brightness
            self.contrast = contrast
            self.saturation = saturation
        }
    }

    package init(_ spec: AugmentSpec, height: Int, width: Int) {
        self.height = height
        self.width = width
        // A reflection leaves out the edge itself, so it cannot be longer than the rest.
        padY = min(Self.pixels(spec.crop, of: height), height - 1)
        padX = min(Self.pixels(spec.crop, of: width), width - 1)
        flips = spec.flip
        cutHeight = Self.pixels(spec.cutout, of: height)
        cutWidth = Self.pixels(spec.cutout, of: width)
        jitter = Float(spec.colorJitter)
    }

    private static func pixels(_ share: Double, of side: Int) -> Int { Int((share * Double(side)).rounded()) }

    /// All numbers are drawn, needed or not, so that switching one change on leaves the others as they were.
    package func draw(seed: UInt64, epoch: Int, sample: Int) -> Change {
        var random = CounterRandom(
            seed: seed, stream: Self.stream, UInt32(truncatingIfNeeded: epoch), UInt32(truncatingIfNeeded: sample))
        let cropY = random.index(below: 2 * padY + 1)
        let cropX = random.index(below: 2 * padX + 1)
        let isHalf = random.uniform() < 0.5
        let cutY = random.index(below: height)
        let cutX = random.index(below: width)
        let brightness = 1 + jitter * (2 * random.uniform() - 1)
        let contrast = 1 + jitter * (2 * random.uniform() - 1)
        let saturation = 1 + jitter * (2 * random.uniform() - 1)
        return Change(
            cropY: cropY, cropX: cropX, flip: flips && isHalf, cutY: cutY, cutX: cutX, brightness: brightness,
            contrast: contrast, saturation: saturation)
    }

    /// "augm" in ASCII: apart from the streams of shuffling, mixup, initialisation and dropout.
    private static let stream: UInt32 = 0x6175_676D
}
