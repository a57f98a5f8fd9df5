import Compute

extension CounterRandom {
    /// Uniform between two numbers.
    mutating func between(_ low: Float, _ high: Float) -> Float { low + (high - low) * uniform() }

    /// `true` in this share of cases.
    mutating func chance(_ probability: Float) -> Bool { uniform() < probability }

    /// About normal, mean 0, standard deviation 1: the sum of four random bytes.
    mutating func bell() -> Float {
        let bits = next32()
        let sum = (bits & 255) + (bits >> 8 & 255) + (bits >> 16 & 255) + bits >> 24
        return (Float(sum) - 510) / 147.8
    }

    /// Any direction, as a unit vector.
    mutating func direction() -> Point { Point(turns: uniform()) }

    /// Any colour: hue, saturation and brightness each uniform.
    mutating func color() -> SIMD3<Float> {
        let (hue, saturation, value) = (uniform() * 6, uniform(), between(0.08, 1))
        var result = SIMD3<Float>()
        for channel in 0..<3 {
            // Distance of the hue from the channel's own, 0, 2 or 4, around a circle of 6.
            let away = abs(hue - Float(2 * channel))
            let strength = min(max(2 - min(away, 6 - away), 0), 1)
            result[channel] = value * (1 - saturation * (1 - strength))
        }
        return result
    }
}
