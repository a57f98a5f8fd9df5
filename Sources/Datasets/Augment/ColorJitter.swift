/// A random change of brightness, contrast and saturation, in this order, as torchvision's `ColorJitter` defines them:
///
///     x = brightness x
///     x = contrast x + (1 - contrast) mean of grey
///     x = saturation x + (1 - saturation) grey
///
/// Values are limited to 0...1 once at the end, not after each step, so the three become one linear function of a pixel
/// and its grey. The mean is that of the whole image, not of the part cut out.
struct ColorJitter {
    private let ofValue, ofGrey, constant: Float

    /// - Parameter image: H,W,C bytes.
    init(_ change: AugmentPlan.Change, image: UnsafePointer<UInt8>, pixels: Int, channels: Int) {
        let mean = Self.meanGrey(image, pixels: pixels, channels: channels)
        let shared = change.contrast * change.brightness
        // An image without colours has nothing to saturate.
        let saturation = channels == 3 ? change.saturation : 1
        ofValue = saturation * shared
        ofGrey = (1 - saturation) * shared
        constant = (1 - change.contrast) * change.brightness * mean
    }

    /// Shares of R, G and B in grey (ITU-R BT.601).
    private static let red: Float = 0.299
    private static let green: Float = 0.587
    private static let blue: Float = 0.114

    /// In 0...1. Sums are of whole numbers, so their order does not matter.
    private static func meanGrey(_ image: UnsafePointer<UInt8>, pixels: Int, channels: Int) -> Float {
        guard channels == 3 else {
            var sum = 0
            for i in 0..<pixels * channels { sum &+= Int(image[i]) }
            return Float(Double(sum) / Double(255 * pixels * channels))
        }
        var (r, g, b) = (0, 0, 0)
        for i in 0..<pixels {
            r &+= Int(image[3 &* i])
            g &+= Int(image[3 &* i &+ 1])
            b &+= Int(image[3 &* i &+ 2])
        }
        return Float(Double(299 * r + 587 * g + 114 * b) / Double(1000 * 255 * pixels))
    }

    /// One row, normalised; the arguments are those of a row without jitter.
    func row(
        _ row: UnsafePointer<UInt8>, _ columns: UnsafePointer<Int32>, _ width: Int,
        into target: UnsafeMutablePointer<Float>, _ table: NormalizationTable
    ) {
        let channels = table.channels
        table.factors.withUnsafeBufferPointer { factors in
            table.offsets.withUnsafeBufferPointer { offsets in
                for x in 0..<width {
                    let source = row + Int(columns[x])
                    let pixel = target + x &* channels
                    var added = constant
                    if channels == 3 {
                        let grey =
                            Self.red * Float(source[0]) + Self.green * Float(source[1]) + Self.blue * Float(source[2])
                        added += ofGrey * grey * (1 / 255)
                    }
                    for c in 0..<channels {
                        let value = ofValue * (Float(source[c]) * (1 / 255)) + added
                        pixel[c] = min(max(value, 0), 1) * factors[c] + offsets[c]
                    }
                }
            }
        }
    }
}
