import Compute
import Manifests

/// An `AugmentSpec` in pixels, and what it draws for one image.
struct AugmentPlan: Sendable {
    let height, width: Int
    /// Reflected pixels above and below, left and right.
    let padY, padX: Int
    let flips: Bool
    /// Height and width of the blanked square; 0: none.
    let cutHeight, cutWidth: Int
    /// Largest relative change of brightness, contrast and saturation.
    let jitter: Float

    /// The changes of one image.
    struct Change: Sendable, Equatable {
        /// Row and column of the padded image at which the window begins: 0...2 pad.
        var cropY, cropX: Int
        var flip: Bool
        /// Centre of the blanked square.
        var cutY, cutX: Int
        /// Factors, 1 where nothing changes.
        var brightness, contrast, saturation: Float
    }

    init(_ spec: AugmentSpec, height: Int, width: Int) {
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
    func draw(seed: UInt64, epoch: Int, sample: Int) -> Change {
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
