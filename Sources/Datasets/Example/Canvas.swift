/// Red, green, blue and coverage in 0...1, the colours already multiplied by the coverage.
typealias Ink = SIMD4<Float>

/// Where a drawing, whose own extent is about -1...1 in x and y, stands on a canvas.
struct Pose {
    /// Pixels from the canvas' upper left corner.
    var center: Point
    /// Unit vector: where the drawing's x axis points.
    var direction = Point(1, 0)
    /// Pixels for one unit of the drawing.
    var scale: Float
    /// Height over width of what is a square in the drawing.
    var squeeze: Float = 1
    var mirrored = false

    @inline(__always)
    func inDrawing(_ p: Point) -> Point {
        let d = p - center
        let x = (d.x * direction.x + d.y * direction.y) / scale
        let y = (d.y * direction.x - d.x * direction.y) / (scale * squeeze)
        return Point(mirrored ? -x : x, y)
    }

    func onCanvas(_ p: Point) -> Point {
        let x = (mirrored ? -p.x : p.x) * scale
        let y = p.y * scale * squeeze
        return center + Point(x * direction.x - y * direction.y, x * direction.y + y * direction.x)
    }
}

/// Pixels to draw on, at first transparent.
final class Canvas {
    let width: Int
    let height: Int
    /// H, W.
    let pixels: UnsafeMutableBufferPointer<Ink>

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
        pixels = .allocate(capacity: width * height)
        pixels.initialize(repeating: Ink())
    }

    deinit { pixels.deallocate() }

    enum Mode {
        case paint
        /// Takes away what is there.
        case cut
    }

    /// Fills a shape with a colour, its edges antialiased.
    func fill(_ outline: Outline, _ pose: Pose, _ color: SIMD3<Float>, opacity: Float = 1, mode: Mode = .paint) {
        guard let area = area(of: outline, pose) else { return }
        let ink = mode == .paint ? Ink(color, 1) * opacity : Ink()
        let (width, pixels) = (width, pixels.baseAddress.unsafelyUnwrapped)
        outline.withDistance { distance in
            for y in area.rows {
                for x in area.columns {
                    let p = pose.inDrawing(Point(Float(x) + 0.5, Float(y) + 0.5))
                    let coverage = min(max(0.5 - distance(p) * pose.scale, 0), 1)
                    if coverage > 0 {
                        let at = y * width + x
                        pixels[at] = ink * coverage + pixels[at] * (1 - coverage * opacity)
                    }
                }
            }
        }
    }

    /// The pixels a shape may touch; `nil` where there are none.
    private func area(of outline: Outline, _ pose: Pose) -> (columns: Range<Int>, rows: Range<Int>)? {
        let box = outline.bounds
        let corners = [box.low, Point(box.high.x, box.low.y), box.high, Point(box.low.x, box.high.y)]
            .map(pose.onCanvas)
        let low = corners.reduce(corners[0], pointwiseMin) - 1
        let high = corners.reduce(corners[0], pointwiseMax) + 2
        let (left, top) = (max(0, Int(low.x)), max(0, Int(low.y)))
        let (right, bottom) = (min(width, Int(max(high.x, 0))), min(height, Int(max(high.y, 0))))
        return left < right && top < bottom ? (left..<right, top..<bottom) : nil
    }

    /// Lays another canvas of the same size over this one.
    func draw(_ layer: Canvas, opacity: Float = 1) {
        precondition(layer.width == width && layer.height == height)
        for i in pixels.indices {
            let ink = layer.pixels[i] * opacity
            pixels[i] = ink + pixels[i] * (1 - ink.w)
        }
    }
}
