/// Attention transfer (Zagoruyko and Komodakis 2017, "Paying more attention to attention"): the student looks where the
/// teacher looks. With the attention of a pixel a[p] = mean over channels of x[p,c]^2, and â = a / |a| over the pixels of
/// an image,
///
///     mean over images and pixels of (â(student) - â(teacher))^2
///
/// Its weight in the paper is of the order of 1000, the mean being small. Student and teacher need the same pixels, not
/// the same channels.
public enum AttentionTransfer {
    /// As the authors' code: keeps an image that is all zero finite.
    private static let smallest: Float = 1e-12

    /// The loss, and its gradient by the student's values: with g = 2 (â - â(teacher)) / (N pixels),
    /// da = (g - â Σ â g) / |a|, dx[p,c] = 2 x[p,c] da[p] / channels.
    ///
    /// - Parameters:
    ///   - student, dStudent: N,pixels,studentChannels.
    ///   - teacher: N,pixels,teacherChannels.
    public static func evaluate(
        student: UnsafePointer<Float>, studentChannels: Int, teacher: UnsafePointer<Float>, teacherChannels: Int,
        dStudent: UnsafeMutablePointer<Float>, count: Int, pixels: Int
    ) -> Double {
        Rows.scratch(2 * pixels) { own in
            let other = own + pixels
            let share = 1 / Float(count * pixels)
            var loss = 0.0
            for i in 0..<count {
                let x = student + i * pixels * studentChannels
                let dx = dStudent + i * pixels * studentChannels
                let norm = map(x, channels: studentChannels, pixels: pixels, into: own)
                _ = map(
                    teacher + i * pixels * teacherChannels, channels: teacherChannels, pixels: pixels, into: other)
                var along: Float = 0
                for p in 0..<pixels {
                    let difference = own[p] - other[p]
                    loss += Double(difference) * Double(difference)
                    other[p] = 2 * share * difference
                    along += own[p] * other[p]
                }
                for p in 0..<pixels {
                    let slope = 2 * (other[p] - own[p] * along) / (norm * Float(studentChannels))
                    for c in 0..<studentChannels {
                        dx[p * studentChannels + c] = slope * x[p * studentChannels + c]
                    }
                }
            }
            return loss * Double(share)
        }
    }

    /// The attention of one image, of length 1; returns its length before.
    private static func map(
        _ x: UnsafePointer<Float>, channels: Int, pixels: Int, into map: UnsafeMutablePointer<Float>
    ) -> Float {
        var squares = 0.0
        for p in 0..<pixels {
            var sum: Float = 0
            for c in 0..<channels { sum += x[p * channels + c] * x[p * channels + c] }
            map[p] = sum / Float(channels)
            squares += Double(map[p]) * Double(map[p])
        }
        let norm = max(Float(squares.squareRoot()), smallest)
        for p in 0..<pixels { map[p] /= norm }
        return norm
    }
}
