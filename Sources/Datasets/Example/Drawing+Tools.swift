import Compute

extension Drawing {
    /// A hexagonal head seen from the side, a shank of even width, a blunt end.
    static func bolt(_ random: inout CounterRandom) -> Drawing {
        var result = Drawing()
        let (head, shank) = (random.between(0.34, 0.48), random.between(0.15, 0.22))
        let neck = random.between(-0.6, -0.45)
        let end = random.between(0.75, 0.95)
        result.add(
            .body,
            .polygon([
                Point(-shank, neck - 0.05), Point(shank, neck - 0.05), Point(shank, end - 0.08),
                Point(shank * 0.7, end), Point(-shank * 0.7, end), Point(-shank, end - 0.08),
            ]))
        result.addThread(from: neck + random.between(0.2, 0.5), to: end - 0.08, { _ in shank }, &random)
        result.add(
            .body,
            .polygon([
                Point(-head * 0.8, -0.92), Point(head * 0.8, -0.92), Point(head, -0.84), Point(head, neck),
                Point(-head, neck), Point(-head, -0.84),
            ]))
        let facet = head * random.between(0.35, 0.55)
        for x in [-facet, facet] { result.add(.shade, .stroke([Point(x, -0.86), Point(x, neck)], width: 0.05)) }
        return result
    }

    /// A countersunk or a round head, a shank that ends in a point.
    static func screw(_ random: inout CounterRandom) -> Drawing {
        var result = Drawing()
        let (head, shank) = (random.between(0.34, 0.48), random.between(0.14, 0.2))
        let neck = random.between(-0.6, -0.5)
        let (taper, end) = (random.between(0.2, 0.5), random.between(0.85, 0.98))
        result.add(
            .body,
            .polygon([
                Point(-shank, neck - 0.05), Point(shank, neck - 0.05), Point(shank * 0.9, taper), Point(0, end),
                Point(-shank * 0.9, taper),
            ]))
        let half = { (y: Float) in y < taper ? shank : shank * (end - y) / (end - taper) + 0.03 }
        result.addThread(from: neck + random.between(0.1, 0.3), to: end - 0.12, half, &random)
        if random.chance(0.5) {
            result.add(
                .body, .polygon([Point(-head, -0.9), Point(head, -0.9), Point(shank, neck), Point(-shank, neck)]))
        } else {
            let dome = (0...8).map { Point(turns: 0.5 + Float($0) / 16) * Point(head, 0.9 + neck) + Point(0, neck) }
            result.add(.body, .polygon(dome))
        }
        let slot = random.between(0.04, 0.1)
        result.add(.hole, .rectangle(Point(-slot, -1), Point(slot, -0.8)))
        return result
    }

    /// Slanted dark lines across a shank, `half` wide to each side at a height.
    private mutating func addThread(
        from top: Float, to bottom: Float, _ half: (Float) -> Float, _ random: inout CounterRandom
    ) {
        let pitch = random.between(0.12, 0.17)
        let width = random.between(0.04, 0.07)
        var y = top
        while y < bottom {
            let x = half(y) + 0.02
            add(.shade, .stroke([Point(-x, y - 0.04), Point(x, y + 0.04)], width: width))
            y += pitch
        }
    }

    /// A bow with a hole, a thin shaft, teeth on one side of its end.
    static func key(_ random: inout CounterRandom) -> Drawing {
        var result = Drawing()
        let bow = Point(random.between(0.3, 0.42), random.between(0.28, 0.38))
        let shaft = random.between(0.12, 0.2)
        let end = random.between(0.78, 0.92)
        let center = Point(0, -0.92 + bow.y)
        result.add(.body, .stroke([center, Point(0, end)], width: shaft))
        let teeth = 2 + random.index(below: 2)
        for tooth in 0..<teeth {
            let y = end - 0.02 - Float(tooth) * random.between(0.17, 0.21)
            let length = random.between(0.16, 0.3)
            result.add(.body, .rectangle(Point(0, y - 0.07), Point(shaft / 2 + length, y + 0.03)))
        }
        switch random.index(below: 3) {
        case 0: result.add(.body, .rectangle(center - bow * 0.85, center + bow * 0.85, rounding: 0.05))
        default: result.add(.body, .ellipse(center, radii: bow))
        }
        let hole = random.between(0.4, 0.62)
        result.add(.hole, .ellipse(center - Point(0, bow.y * 0.12), radii: bow * hole))
        return result
    }

    /// An open jaw, a thin shaft, and at its other end nothing or a ring.
    static func wrench(_ random: inout CounterRandom) -> Drawing {
        var result = Drawing()
        let jaw = Point(random.between(0.32, 0.42), random.between(0.28, 0.36))
        let shaft = random.between(0.14, 0.22)
        let center = Point(0, -0.92 + jaw.y)
        let end = random.between(0.7, 0.85)
        result.add(.body, .stroke([center, Point(0, end)], width: shaft))
        result.add(.body, .ellipse(center, radii: jaw))
        let gap = jaw.x * random.between(0.36, 0.5)
        let depth = center.y + jaw.y * random.between(0.0, 0.25)
        result.add(.hole, .rectangle(Point(-gap, -1.1), Point(gap, depth)))
        if random.chance(0.6) {
            let ring = random.between(0.18, 0.25)
            result.add(.body, .ellipse(Point(0, end), radii: Point(ring, ring)))
            result.add(.hole, .ellipse(Point(0, end), radii: Point(ring, ring) * random.between(0.4, 0.55)))
        }
        if random.chance(0.5) {
            result.add(.shade, .stroke([Point(0, center.y + jaw.y + 0.1), Point(0, end - 0.35)], width: shaft * 0.4))
        }
        return result
    }
}
