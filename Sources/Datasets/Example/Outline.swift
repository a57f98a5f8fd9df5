/// A position or direction in a drawing; x to the right, y down.
typealias Point = SIMD2<Float>

/// A filled shape of a drawing, and how far a point is from its edge: negative inside. From that distance the share of
/// a pixel that is covered follows without sampling it more than once.
enum Outline {
    /// Closed by itself, of any form that does not cross itself; corners rounded outwards by `rounding`.
    case polygon([Point], rounding: Float = 0)
    /// Axes along x and y.
    case ellipse(Point, radii: Point)
    /// An elliptic ring, `width` across its line.
    case ring(Point, radii: Point, width: Float)
    /// Straight lines from point to point with round ends, `width` across.
    case stroke([Point], width: Float)

    /// The corners that a box around the shape has.
    var bounds: (low: Point, high: Point) {
        switch self {
        case .polygon(let points, let rounding): Self.box(points, margin: rounding)
        case .ellipse(let center, let radii): (center - radii, center + radii)
        case .ring(let center, let radii, let width): (center - radii - width / 2, center + radii + width / 2)
        case .stroke(let points, let width): Self.box(points, margin: width / 2)
        }
    }

    private static func box(_ points: [Point], margin: Float) -> (low: Point, high: Point) {
        var (low, high) = (points[0], points[0])
        for point in points {
            low = pointwiseMin(low, point)
            high = pointwiseMax(high, point)
        }
        return (low - margin, high + margin)
    }

    /// Calls `body` with the distance function, the arrays' memory taken out of the way of its inner loops.
    @inline(__always)
    func withDistance(_ body: ((Point) -> Float) -> Void) {
        switch self {
        case .polygon(let points, let rounding):
            points.withUnsafeBufferPointer { points in body { Self.polygon(points, $0) - rounding } }
        case .ellipse(let center, let radii):
            body { Self.ellipse($0 - center, radii) }
        case .ring(let center, let radii, let width):
            body { abs(Self.ellipse($0 - center, radii)) - width / 2 }
        case .stroke(let points, let width):
            points.withUnsafeBufferPointer { points in body { Self.line(points, $0) - width / 2 } }
        }
    }

    /// To the nearest edge; inside where a ray to the right crosses the edges an odd number of times.
    @inline(__always)
    private static func polygon(_ points: UnsafeBufferPointer<Point>, _ p: Point) -> Float {
        var nearest = Float.infinity
        var inside = false
        var a = points[points.count - 1]
        for b in points {
            nearest = min(nearest, squaredDistance(p, a, b))
            if (a.y > p.y) != (b.y > p.y), p.x < a.x + (b.x - a.x) * (p.y - a.y) / (b.y - a.y) { inside.toggle() }
            a = b
        }
        let distance = nearest.squareRoot()
        return inside ? -distance : distance
    }

    @inline(__always)
    private static func line(_ points: UnsafeBufferPointer<Point>, _ p: Point) -> Float {
        var nearest = Float.infinity
        for i in 1..<points.count { nearest = min(nearest, squaredDistance(p, points[i - 1], points[i])) }
        return nearest.squareRoot()
    }

    @inline(__always)
    private static func squaredDistance(_ p: Point, _ a: Point, _ b: Point) -> Float {
        let (along, to) = (b - a, p - a)
        let length = max((along * along).sum(), 1e-12)
        let off = to - along * min(max((to * along).sum() / length, 0), 1)
        return (off * off).sum()
    }

    /// The implicit function of the ellipse over the length of its gradient: exact on the edge, near enough beside it.
    @inline(__always)
    private static func ellipse(_ p: Point, _ radii: Point) -> Float {
        let scaled = p / radii
        let gradient = scaled / radii
        let value = (scaled * scaled).sum()
        let slope = (gradient * gradient).sum().squareRoot()
        return slope < 1e-6 ? -radii.min() : (value - 1) / (2 * slope)
    }
}

extension Outline {
    static func rectangle(_ low: Point, _ high: Point, rounding: Float = 0) -> Outline {
        .polygon([low, Point(high.x, low.y), high, Point(low.x, high.y)], rounding: rounding)
    }

    /// A closed curve through the points (Catmull-Rom), as a polygon of `steps` sides between two of them.
    static func smooth(_ points: [Point], steps: Int = 5) -> Outline {
        var curve: [Point] = []
        let n = points.count
        for i in 0..<n {
            let (a, b, c, d) = (points[(i + n - 1) % n], points[i], points[(i + 1) % n], points[(i + 2) % n])
            for step in 0..<steps {
                let t = Float(step) / Float(steps)
                let linear = (c - a) * t
                let square = (2 * a - 5 * b + 4 * c - d) * (t * t)
                let cubic = (3 * b - a - 3 * c + d) * (t * t * t)
                curve.append(b + (linear + square + cubic) / 2)
            }
        }
        return .polygon(curve)
    }
}

extension Point {
    /// The direction of an angle in turns, 0 to the right and a quarter down; made with additions, multiplications and
    /// divisions only, so that it is the same on every machine.
    init(turns: Float) {
        // Sine and cosine of a quarter of the angle by their Taylor series, then twice the double angle.
        let folded = Double(turns) - Double(turns).rounded()
        let a = folded * 2 * Double.pi / 4
        let square = a * a
        let sine = a * (1 - square / 6 * (1 - square / 20 * (1 - square / 42 * (1 - square / 72))))
        let cosine = 1 - square / 2 * (1 - square / 12 * (1 - square / 30 * (1 - square / 56 * (1 - square / 90))))
        let (c2, s2) = (cosine * cosine - sine * sine, 2 * sine * cosine)
        self.init(Float(c2 * c2 - s2 * s2), Float(2 * s2 * c2))
    }
}
