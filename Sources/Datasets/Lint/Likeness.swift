/// Whether two images are the same picture, saved anew or touched up a little.
///
/// A hash of a coarse grid is alike for many pictures that are not: two skies, two digits. So the pixels are compared,
/// by their values and by the differences of neighbours, each relative to what the images themselves vary. The second
/// tells two smooth pictures apart that happen to have the same gradient.
struct Likeness {
    /// Mean squared difference over the images' mean variance.
    private static let mostOfVariance = 0.03
    /// Mean squared difference in squares of a byte's unit: about what a JPEG of low quality does.
    private static let mostError = 150.0
    /// The same of differences between neighbours in a row, over their mean square.
    private static let mostOfDetail = 0.5

    let subject: LintSubject
    private let mean: [Double]
    private let variance: [Double]
    private let deviation: [Double]

    /// - Parameter positions: the images that will be compared, by their index here.
    init(_ subject: LintSubject, _ positions: [Int]) {
        self.subject = subject
        let (pixels, channels) = (subject.pixels, subject.channels)
        variance = positions.map { subject.images[$0].record.variance(pixels: pixels, channels: channels) }
        deviation = variance.map { $0.squareRoot() }
        mean = positions.map {
            Double(subject.images[$0].record.sums.wrappedSum()) / Double(pixels * channels)
        }
    }

    /// What the statistics alone can tell: `false` where the images cannot be alike.
    /// The root mean square of a difference is at least the difference of means, and that of standard deviations.
    @inline(__always)
    func possible(_ a: Int, _ b: Int) -> Bool {
        let most = bound(a, b)
        let (shift, spread) = (mean[a] - mean[b], deviation[a] - deviation[b])
        return shift * shift <= most && spread * spread <= most
    }

    @inline(__always)
    private func bound(_ a: Int, _ b: Int) -> Double {
        min(Self.mostError, Self.mostOfVariance * (variance[a] + variance[b]) / 2)
    }

    /// Compares the pixels of images `a` and `b`, which stand at positions `pa` and `pb`.
    func holds(_ a: Int, _ b: Int, at pa: Int, _ pb: Int) -> Bool {
        let (first, second) = (subject.bytes(pa), subject.bytes(pb))
        let most = UInt64(bound(a, b) * Double(first.count))
        var error: UInt64 = 0
        var at = 0
        while at < first.count {
            let end = min(at + 1024, first.count)
            error += Self.squares(first, second, at..<end)
            if error > most { return false }
            at = end
        }
        return Self.detail(first, second, step: subject.channels) <= Self.mostOfDetail
    }

    /// Sum of squared differences; the range is short enough for 32 bits.
    private static func squares(
        _ a: UnsafeBufferPointer<UInt8>, _ b: UnsafeBufferPointer<UInt8>, _ range: Range<Int>
    ) -> UInt64 {
        var sum: UInt32 = 0
        for i in range {
            let d = Int32(a[i]) - Int32(b[i])
            sum &+= UInt32(bitPattern: d &* d)
        }
        return UInt64(sum)
    }

    /// Squared difference of the neighbours' differences over the mean of their squares: 0 for the same picture,
    /// about 2 for two that have nothing to do with each other. The last pixel of a row counts as a neighbour of the
    /// next row's first one, in both images alike.
    private static func detail(
        _ a: UnsafeBufferPointer<UInt8>, _ b: UnsafeBufferPointer<UInt8>, step: Int
    ) -> Double {
        var (error, energy): (Int, Int) = (0, 0)
        for i in step..<max(step, a.count) {
            let da = Int32(a[i]) - Int32(a[i - step])
            let db = Int32(b[i]) - Int32(b[i - step])
            error &+= Int((da &- db) &* (da &- db))
            energy &+= Int(da &* da &+ db &* db)
        }
        return energy == 0 ? 0 : 2 * Double(error) / Double(energy)
    }
}
