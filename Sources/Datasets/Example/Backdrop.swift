import Compute

/// What is behind and in front of an object.
enum Backdrop {
    /// Covers all of a canvas: a gradient, stripes, checks or a cloudy texture of two colours.
    static func paint(on canvas: Canvas, _ random: inout CounterRandom) {
        let (from, to) = (random.color(), random.color())
        // Most backgrounds are quiet: their second colour is near the first.
        let second = from + (to - from) * (random.chance(0.8) ? 0.25 : 0.6)
        let direction = random.direction()
        let period = random.between(6, 24)
        let phase = random.uniform()
        switch random.index(below: 4) {
        case 0:
            let reach = Float(canvas.width + canvas.height) * 0.5
            cover(canvas, from, second) { p in (p * direction).sum() / reach + phase }
        case 1:
            cover(canvas, from, second) { p in wave((p * direction).sum() / period + phase) * 3 - 1 }
        case 2:
            let across = Point(-direction.y, direction.x)
            cover(canvas, from, second) { p in
                let (a, b) = (wave((p * direction).sum() / period + phase), wave((p * across).sum() / period))
                return ((a - 0.5) * (b - 0.5)) * 8 + 0.5
            }
        default:
            let clouds = Clouds(cell: random.between(4, 14), width: canvas.width, height: canvas.height, &random)
            cover(canvas, from, second) { p in clouds.at(p) * 1.6 - 0.3 }
        }
    }

    /// Up and down between 0 and 1 in straight lines, once for each unit.
    private static func wave(_ x: Float) -> Float { abs(x - x.rounded()) * 2 }

    private static func cover(
        _ canvas: Canvas, _ from: SIMD3<Float>, _ to: SIMD3<Float>, _ share: (Point) -> Float
    ) {
        for y in 0..<canvas.height {
            for x in 0..<canvas.width {
                let t = min(max(share(Point(Float(x), Float(y))), 0), 1)
                canvas.pixels[y * canvas.width + x] = Ink(from + (to - from) * t, 1)
            }
        }
    }

    /// A few shapes that mean nothing. - Parameter size: of the largest, in pixels.
    static func scatter(_ count: Int, size: Float, on canvas: Canvas, _ random: inout CounterRandom) {
        for _ in 0..<count {
            let color = random.color()
            let opacity = random.between(0.5, 1)
            canvas.fill(anything(&random), pose(on: canvas, size: size, &random), color, opacity: opacity)
        }
    }

    /// Covers a part of what is there with one shape that comes in from an edge.
    static func occlude(_ canvas: Canvas, _ random: inout CounterRandom) {
        let side = Float(min(canvas.width, canvas.height))
        let direction = random.direction()
        let middle = Point(Float(canvas.width), Float(canvas.height)) / 2
        // A bar of which the near edge passes the middle at this distance.
        let distance = side * random.between(0.2, 0.4)
        let depth = random.chance(0.5) ? side * random.between(0.06, 0.16) : side
        let pose = Pose(center: middle + direction * distance, direction: direction, scale: 1)
        canvas.fill(.rectangle(Point(0, -2 * side), Point(depth, 2 * side)), pose, random.color())
    }

    private static func pose(on canvas: Canvas, size: Float, _ random: inout CounterRandom) -> Pose {
        Pose(
            center: Point(Float(canvas.width) * random.uniform(), Float(canvas.height) * random.uniform()),
            direction: random.direction(), scale: size * random.between(0.3, 1))
    }

    private static func anything(_ random: inout CounterRandom) -> Outline {
        switch random.index(below: 5) {
        case 0: .ellipse(Point(), radii: Point(random.between(0.3, 1), random.between(0.2, 0.8)))
        case 1: .ring(Point(), radii: Point(0.7, random.between(0.4, 0.8)), width: random.between(0.1, 0.3))
        case 2: .stroke([Point(-1, 0), Point(0, random.between(-1, 1)), Point(1, 0)], width: random.between(0.1, 0.3))
        case 3: .polygon([Point(-1, 0.5), Point(random.between(-1, 1), -0.8), Point(0.8, 0.6)])
        default: .rectangle(Point(-1, random.between(-0.7, -0.1)), Point(1, random.between(0.1, 0.7)))
        }
    }

    /// Random values at the corners of a grid, smoothly interpolated.
    private struct Clouds {
        private let cell: Float
        private let columns: Int
        private let values: [Float]

        init(cell: Float, width: Int, height: Int, _ random: inout CounterRandom) {
            self.cell = cell
            columns = Int(Float(width) / cell) + 2
            let rows = Int(Float(height) / cell) + 2
            values = (0..<columns * rows).map { _ in random.uniform() }
        }

        func at(_ p: Point) -> Float {
            let scaled = p / cell
            let (x, y) = (Int(scaled.x), Int(scaled.y))
            var t = scaled - Point(Float(x), Float(y))
            t = t * t * (3 - 2 * t)
            let at = y * columns + x
            let top = values[at] + (values[at + 1] - values[at]) * t.x
            let bottom = values[at + columns] + (values[at + columns + 1] - values[at + columns]) * t.x
            return top + (bottom - top) * t.y
        }
    }
}
