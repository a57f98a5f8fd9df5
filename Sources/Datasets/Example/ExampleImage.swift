import Compute

/// One image of the example dataset: an object before a background, more or less covered, noisy, small and turned.
///
/// It is a function of the seed, the class, the split and its number there, and of nothing else.
struct ExampleImage {
    private static let stream: UInt32 = 0x45_58_41_4D
    let bytes: [UInt8]
    let isPNG: Bool

    init(seed: UInt64, object: Int, split: Int, number: Int) {
        var random = CounterRandom(seed: seed, stream: Self.stream, UInt32(object << 1 | split), UInt32(number))
        let canvas = Self.scene(DrawnObject.allCases[object], &random)
        let bitmap = Self.expose(canvas, gray: random.chance(0.08), &random)
        isPNG = random.chance(0.5)
        if isPNG {
            bytes = ImageCodec.encodePNG(bitmap)
        } else {
            bytes = ImageCodec.encodeJPEG(
                bitmap, quality: 55 + random.index(below: 41), progressive: random.chance(0.15))
        }
    }

    private static func scene(_ object: DrawnObject, _ random: inout CounterRandom) -> Canvas {
        let (width, height) = (40 + random.index(below: 33), 40 + random.index(below: 33))
        let side = Float(min(width, height))
        let canvas = Canvas(width: width, height: height)
        Backdrop.paint(on: canvas, &random)
        Backdrop.scatter(random.index(below: 3), size: side * 0.25, on: canvas, &random)

        let drawing = object.drawing(&random)
        let scale = side * random.between(0.42, 0.52)
        let room = Point(Float(width), Float(height)) / 2
        let away = Point(random.between(-1, 1), random.between(-1, 1)) * (room - scale * 0.88)
        let pose = Pose(
            center: room + away, direction: Point(turns: drawing.rest + random.between(-drawing.tilt, drawing.tilt)),
            scale: scale,
            squeeze: random.between(0.85, 1.18), mirrored: random.chance(0.5))
        let layer = Canvas(width: width, height: height)
        drawing.draw(on: layer, pose, colors: colors(on: canvas, at: pose.center, &random))
        canvas.draw(layer)
        if random.chance(0.15) { Backdrop.occlude(canvas, &random) }
        return canvas
    }

    /// Colours that have nothing to do with the kind of object, and can be told from what is behind it.
    private static func colors(
        on canvas: Canvas, at center: Point, _ random: inout CounterRandom
    ) -> Drawing.Colors {
        let x = min(max(Int(center.x), 0), canvas.width - 1)
        let y = min(max(Int(center.y), 0), canvas.height - 1)
        let ink = canvas.pixels[y * canvas.width + x]
        let behind = SIMD3(ink.x, ink.y, ink.z)
        let contrast = random.between(0.4, 0.65)
        var body = random.color()
        var tries = 0
        while abs(luma(body) - luma(behind)) < contrast, tries < 20 {
            body = random.color()
            tries += 1
        }
        return Drawing.Colors(
            body: body, accent: random.color(), shade: random.between(0.45, 0.75), light: random.between(0.3, 0.7))
    }

    private static func luma(_ color: SIMD3<Float>) -> Float { 0.3 * color.x + 0.6 * color.y + 0.1 * color.z }

    /// Light that falls off to one side, noise, and rounding to bytes.
    private static func expose(_ canvas: Canvas, gray: Bool, _ random: inout CounterRandom) -> Bitmap {
        let (width, height) = (canvas.width, canvas.height)
        let direction = random.direction() * random.between(0, 0.5) / Float(max(width, height))
        let grain = random.chance(0.7) ? random.between(0.01, 0.05) : 0
        let channels = gray ? 1 : 3
        let pixels = [UInt8](unsafeUninitializedCapacity: width * height * channels) { bytes, count in
            for y in 0..<height {
                for x in 0..<width {
                    let from = Point(Float(x) - Float(width) / 2, Float(y) - Float(height) / 2)
                    let color = canvas.pixels[y * width + x] * (1 + (from * direction).sum())
                    let at = (y * width + x) * channels
                    if gray {
                        bytes[at] = byte(luma(SIMD3(color.x, color.y, color.z)) + grain * random.bell())
                    } else {
                        for c in 0..<3 { bytes[at + c] = byte(color[c] + grain * random.bell()) }
                    }
                }
            }
            count = width * height * channels
        }
        return Bitmap(width: width, height: height, channels: channels, pixels: pixels)
    }

    private static func byte(_ value: Float) -> UInt8 { UInt8(min(max(value, 0), 1) * 255 + 0.5) }
}
