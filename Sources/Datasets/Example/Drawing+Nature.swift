import Compute

extension Drawing {
    /// Pointed at the tip, with a stalk, a midrib and side veins.
    static func leaf(_ random: inout CounterRandom) -> Drawing {
        var result = Drawing()
        let half = random.between(0.3, 0.46)
        let widest = random.between(-0.15, 0.25)
        let stalk = random.between(0.55, 0.65)
        let bend = random.between(-0.1, 0.1)
        let width = random.between(0.05, 0.09)
        result.add(.shade, .stroke([Point(0, stalk - 0.1), Point(bend, 0.98)], width: width))
        result.add(
            .body,
            .smooth([
                Point(bend, -0.95), Point(half * 0.55, -0.55), Point(half, widest), Point(half * 0.7, widest + 0.28),
                Point(0, stalk), Point(-half * 0.7, widest + 0.28), Point(-half, widest), Point(-half * 0.55, -0.55),
            ]))
        let vein = Drawing.Paint.shade
        result.add(vein, .stroke([Point(bend * 0.7, -0.75), Point(0, 0), Point(0, stalk)], width: 0.06))
        let veins = 2 + random.index(below: 3)
        for i in 0..<veins {
            let y = stalk - 0.22 - Float(i) * (stalk + 0.45) / Float(veins)
            let reach = half * (1 - abs(y - widest) * 0.75) * 0.85
            for side in [-reach, reach] { result.add(vein, .stroke([Point(0, y), Point(side, y - 0.2)], width: 0.04)) }
        }
        return result
    }

    /// A pointed body as of a leaf, a forked tail, fins, an eye.
    static func fish(_ random: inout CounterRandom) -> Drawing {
        var result = Drawing(rest: 0.25)
        let half = random.between(0.28, 0.42)
        let widest = random.between(-0.3, 0.0)
        let tail = random.between(0.42, 0.52)
        let fork = random.between(0.26, 0.42)
        result.add(
            .body,
            .polygon([
                Point(0, tail - 0.12), Point(fork, 0.95), Point(0, random.between(0.75, 0.88)), Point(-fork, 0.95),
            ]))
        result.add(
            .shade,
            .polygon([
                Point(half * 0.6, widest - 0.1), Point(half + random.between(0.12, 0.25), widest + 0.15),
                Point(half * 0.6, widest + 0.4),
            ]))
        if random.chance(0.5) {
            result.add(
                .shade,
                .polygon([
                    Point(-half * 0.7, widest + 0.1), Point(-half - 0.14, widest + 0.35),
                    Point(-half * 0.5, widest + 0.35),
                ]))
        }
        result.add(
            .body,
            .smooth([
                Point(0, -0.92), Point(half * 0.68, -0.62), Point(half, widest), Point(half * 0.66, widest + 0.4),
                Point(0.05, tail + 0.1), Point(-0.05, tail + 0.1), Point(-half * 0.66, widest + 0.4),
                Point(-half, widest), Point(-half * 0.68, -0.62),
            ]))
        let gill: [Point] = [Point(half * 0.62, -0.42), Point(half * 0.1, -0.32), Point(-half * 0.55, -0.42)]
        result.add(.shade, .stroke(gill, width: 0.05))
        for i in 0..<random.index(below: 4) {
            let y = -0.1 + Float(i) * 0.2
            result.add(.accent, .stroke([Point(-half * 0.5, y), Point(half * 0.5, y)], width: 0.07))
        }
        let eye = Point(half * 0.3, -0.64)
        result.add(.light, .ellipse(eye, radii: Point(0.1, 0.1)))
        result.add(.shade, .ellipse(eye, radii: Point(0.05, 0.05)))
        return result
    }

    /// A star, its points more or less sharp, plain or with an edge or a middle of another shade.
    static func star(points: Int, _ random: inout CounterRandom) -> Drawing {
        var result = Drawing(tilt: 0.5)
        let inner = random.between(0.36, 0.48)
        let rounding = random.between(0, 0.05)
        func outline(_ size: Float) -> Outline {
            let corners = (0..<2 * points).map { i -> Point in
                let radius = (i % 2 == 0 ? 0.92 - rounding : inner) * size
                return Point(turns: Float(i) / Float(2 * points) - 0.25) * radius
            }
            return .polygon(corners, rounding: rounding * size)
        }
        result.add(.body, outline(1))
        switch random.index(below: 4) {
        case 0:
            result.add(.shade, outline(0.75))
        case 1:
            result.add(.accent, outline(0.6))
        case 2:
            result.add(.light, .ellipse(Point(), radii: Point(0.2, 0.2)))
        default: break
        }
        return result
    }
}
