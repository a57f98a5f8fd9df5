import Compute

/// A drawn object: parts from back to front, about -1...1 in x and y.
struct Drawing {
    /// What a part is painted with; the colours themselves are chosen for each image.
    enum Paint {
        case body
        /// As the body, darker.
        case shade
        /// As the body, brighter.
        case light
        /// A second colour.
        case accent
        /// Nothing: what is behind the object shows.
        case hole
    }

    struct Part {
        var outline: Outline
        var paint: Paint
    }

    var parts: [Part] = []
    /// How the object is seen when it is not tilted, in turns: a fish swims across.
    var rest: Float = 0
    /// The largest angle to either side of that, in turns: a cup stands, a star may lie in any way.
    var tilt: Float = 0.13

    mutating func add(_ paint: Paint, _ outline: Outline) { parts.append(Part(outline: outline, paint: paint)) }

    func draw(on canvas: Canvas, _ pose: Pose, colors: Colors) {
        for part in parts {
            switch part.paint {
            case .body: canvas.fill(part.outline, pose, colors.body)
            case .shade: canvas.fill(part.outline, pose, colors.body * colors.shade)
            case .light: canvas.fill(part.outline, pose, colors.body + (1 - colors.body) * colors.light)
            case .accent: canvas.fill(part.outline, pose, colors.accent)
            case .hole: canvas.fill(part.outline, pose, colors.body, mode: .cut)
            }
        }
    }

    /// The colours of one object.
    struct Colors {
        var body: SIMD3<Float>
        var accent: SIMD3<Float>
        /// 0...1: what is left of the body's colour in the shade.
        var shade: Float
        /// 0...1: the way from the body's colour to white.
        var light: Float
    }
}

/// The ten kinds of objects. Pairs of them are alike on purpose, so that there is something to learn.
enum DrawnObject: String, CaseIterable {
    case bolt, cup, fish, key, leaf, mug, screw, star5, star6, wrench

    /// One object of the kind: proportions and details vary.
    func drawing(_ random: inout CounterRandom) -> Drawing {
        switch self {
        case .bolt: .bolt(&random)
        case .cup: .cup(&random)
        case .fish: .fish(&random)
        case .key: .key(&random)
        case .leaf: .leaf(&random)
        case .mug: .mug(&random)
        case .screw: .screw(&random)
        case .star5: .star(points: 5, &random)
        case .star6: .star(points: 6, &random)
        case .wrench: .wrench(&random)
        }
    }
}
