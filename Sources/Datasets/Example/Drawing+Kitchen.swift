import Compute

extension Drawing {
    /// Wide at the rim and narrow at the foot, low, on a saucer more often than not.
    static func cup(_ random: inout CounterRandom) -> Drawing {
        let rim = random.between(0.48, 0.6)
        let top = random.between(-0.45, -0.25)
        let vessel = Vessel(
            rim: rim, foot: rim * random.between(0.45, 0.6), top: top, bottom: random.between(0.38, 0.5))
        var result = Drawing(tilt: 0.06)
        if random.chance(0.75) {
            result.add(.shade, .ellipse(Point(0, vessel.bottom + 0.02), radii: Point(rim * 1.45, 0.13)))
            result.add(.light, .ellipse(Point(0, vessel.bottom - 0.01), radii: Point(rim * 1.3, 0.09)))
        }
        result.add(vessel, &random)
        return result
    }

    /// Straight walls, as high as wide or higher, no saucer.
    static func mug(_ random: inout CounterRandom) -> Drawing {
        let rim = random.between(0.4, 0.52)
        let top = random.between(-0.65, -0.45)
        let vessel = Vessel(rim: rim, foot: rim * random.between(0.9, 1.02), top: top, bottom: random.between(0.5, 0.7))
        var result = Drawing(tilt: 0.06)
        result.add(vessel, &random)
        return result
    }

    /// Half widths at the rim and at the foot, and where these are.
    private struct Vessel {
        var rim, foot, top, bottom: Float
    }

    private mutating func add(_ vessel: Vessel, _ random: inout CounterRandom) {
        let (rim, foot, top, bottom) = (vessel.rim, vessel.foot, vessel.top, vessel.bottom)
        let height = bottom - top
        let handle = Point(random.between(0.2, 0.28), height * random.between(0.26, 0.34))
        let wall = (rim + foot) / 2
        add(
            .body,
            .ring(Point(wall + 0.02, top + height * 0.45), radii: handle, width: random.between(0.09, 0.14)))
        let middle = (rim * 0.35 + foot * 0.65) + 0.04
        add(
            .body,
            .polygon([
                Point(-rim, top), Point(rim, top), Point(middle, top + height * 0.65), Point(foot, bottom - 0.04),
                Point(foot * 0.85, bottom), Point(-foot * 0.85, bottom), Point(-foot, bottom - 0.04),
                Point(-middle, top + height * 0.65),
            ]))
        let depth = random.between(0.07, 0.13)
        add(.body, .ellipse(Point(0, top), radii: Point(rim, depth)))
        add(.shade, .ellipse(Point(0, top), radii: Point(rim * 0.88, depth * 0.72)))
        if random.chance(0.5) {
            let y = top + height * random.between(0.35, 0.6)
            let half = min(rim, middle) * 0.97
            add(.accent, .rectangle(Point(-half, y), Point(half, y + height * random.between(0.08, 0.2))))
        }
        if random.chance(0.5) {
            let x = -foot * random.between(0.5, 0.8)
            add(.light, .stroke([Point(x, top + height * 0.2), Point(x, bottom - height * 0.25)], width: 0.07))
        }
    }
}
