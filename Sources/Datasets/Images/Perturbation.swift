import Compute
import Manifests

#if canImport(Glibc)
    import Glibc
#endif

/// A change that cameras, light and transport make to images, to see whether a network still knows them.
///
/// A selection of the corruptions of Hendrycks and Dietterich 2019, "Benchmarking neural network robustness to common
/// corruptions and perturbations", of one strength each, in proportion to the image's size.
public enum Perturbation: String, Sendable, CaseIterable {
    case blur, noise, jpeg, darker, brighter, contrast, rotation

    /// For people.
    public var meaning: String {
        switch self {
        case .blur: "slightly out of focus"
        case .noise: "noisy, as in dim light"
        case .jpeg: "strongly compressed (JPEG quality 20)"
        case .darker: "darker by 40%"
        case .brighter: "brighter by 40%"
        case .contrast: "half the contrast, as in haze"
        case .rotation: "turned by 15 degrees"
        }
    }

    private static let blurSigma: Float = 1.0 / 32
    private static let noiseDeviation: Float = 20
    private static let jpegQuality = 20
    private static let degrees: Float = 15

    /// - Parameter seed: with `index` names the noise, and the way a picture is turned.
    public func apply(to image: Bitmap, seed: UInt64, index: Int) -> Bitmap {
        switch self {
        case .blur: Self.blurred(image)
        case .noise:
            Self.noisy(image, CounterRandom(seed: seed, stream: 0x4E4F_4953, UInt32(truncatingIfNeeded: index)))
        case .jpeg: Self.compressed(image)
        case .darker: Self.mapped(image) { $0 * 0.6 }
        case .brighter: Self.mapped(image) { $0 * 1.4 }
        case .contrast:
            {
                let mean = Float(image.pixels.reduce(0) { $0 + Int($1) }) / Float(image.pixels.count)
                return Self.mapped(image) { mean + ($0 - mean) * 0.5 }
            }()
        case .rotation: Self.turned(image, by: (index % 2 == 0 ? Self.degrees : -Self.degrees) * .pi / 180)
        }
    }

    private static func mapped(_ image: Bitmap, _ change: (Float) -> Float) -> Bitmap {
        let table = (0...255).map { byte(change(Float($0))) }
        var result = image
        for i in result.pixels.indices { result.pixels[i] = table[Int(result.pixels[i])] }
        return result
    }

    private static func noisy(_ image: Bitmap, _ random: CounterRandom) -> Bitmap {
        var random = random
        var result = image
        for i in result.pixels.indices {
            // The sum of twelve uniform numbers has variance 1 and is close to normal.
            var sum: Float = -6
            for _ in 0..<12 { sum += random.uniform() }
            result.pixels[i] = byte(Float(result.pixels[i]) + sum * noiseDeviation)
        }
        return result
    }

    private static func compressed(_ image: Bitmap) -> Bitmap {
        let file = ImageCodec.encodeJPEG(image, quality: jpegQuality)
        var result = image
        file.withUnsafeBytes { bytes in
            result.pixels.withUnsafeMutableBufferPointer { pixels in
                guard let base = pixels.baseAddress else { return }
                do throws(ImageError) {
                    try ImageCodec.decode(
                        bytes, into: base, width: image.width, height: image.height,
                        channels: image.channels == 1 ? .gray : .rgb, fit: .stretch, background: .black,
                        limits: Limits())
                } catch {
                    fatalError("a JPEG file that was just made is \(error)")
                }
            }
        }
        return result
    }

    /// A Gaussian, rows then columns; beyond the border its last pixel goes on.
    private static func blurred(_ image: Bitmap) -> Bitmap {
        let sigma = max(0.5, blurSigma * Float(min(image.width, image.height)))
        let reach = Int((3 * sigma).rounded(.up))
        var weights = (-reach...reach).map { exp(-Float($0 * $0) / (2 * sigma * sigma)) }
        let total = weights.reduce(0, +)
        for i in weights.indices { weights[i] /= total }
        let channels = image.channels
        func pass(_ source: [Float], count: Int, step: Int, lines: Int, lineStep: Int) -> [Float] {
            var target = source
            for line in 0..<lines {
                for i in 0..<count {
                    for c in 0..<channels {
                        var sum: Float = 0
                        for (k, weight) in weights.enumerated() {
                            let at = min(max(i + k - reach, 0), count - 1)
                            sum += weight * source[line * lineStep + at * step + c]
                        }
                        target[line * lineStep + i * step + c] = sum
                    }
                }
            }
            return target
        }
        let row = image.width * channels
        let across = pass(
            image.pixels.map { Float($0) }, count: image.width, step: channels, lines: image.height, lineStep: row)
        let both = pass(across, count: image.height, step: row, lines: image.width, lineStep: channels)
        return Bitmap(width: image.width, height: image.height, channels: channels, pixels: both.map(byte))
    }

    /// About its middle, between pixels linearly; beyond the border its last pixel goes on.
    private static func turned(_ image: Bitmap, by angle: Float) -> Bitmap {
        let (width, height, channels) = (image.width, image.height, image.channels)
        let (sine, cosine) = (sin(angle), cos(angle))
        let (middleX, middleY) = (Float(width - 1) / 2, Float(height - 1) / 2)
        var result = image
        for y in 0..<height {
            for x in 0..<width {
                let (dx, dy) = (Float(x) - middleX, Float(y) - middleY)
                let sx = min(max(middleX + cosine * dx + sine * dy, 0), Float(width - 1))
                let sy = min(max(middleY - sine * dx + cosine * dy, 0), Float(height - 1))
                let (x0, y0) = (Int(sx), Int(sy))
                let (x1, y1) = (min(x0 + 1, width - 1), min(y0 + 1, height - 1))
                let (fx, fy) = (sx - Float(x0), sy - Float(y0))
                for c in 0..<channels {
                    func at(_ x: Int, _ y: Int) -> Float { Float(image.pixels[(y * width + x) * channels + c]) }
                    let above = at(x0, y0) + (at(x1, y0) - at(x0, y0)) * fx
                    let below = at(x0, y1) + (at(x1, y1) - at(x0, y1)) * fx
                    result.pixels[(y * width + x) * channels + c] = byte(above + (below - above) * fy)
                }
            }
        }
        return result
    }

    private static func byte(_ value: Float) -> UInt8 { UInt8(min(max(value.rounded(), 0), 255)) }
}
