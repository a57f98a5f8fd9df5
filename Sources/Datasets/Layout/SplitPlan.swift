import Compute
import Manifests

/// Which split every image is in: as the dataset says, and where it does not, drawn for each class by the seed.
///
/// The draw depends on paths, labels and seed alone: the same files are split alike from a folder and an archive, and
/// an image that turns out broken does not move another one.
struct SplitPlan: Equatable {
    /// For each image of the layout.
    private(set) var splits: [Split]
    private(set) var notes: [String] = []

    /// Most images that are taken for evaluation where the manifest does not say.
    private static let evaluationLimit = 2000
    private static let defaultShare = 0.1
    /// Streams of the random numbers.
    private static let stream: UInt32 = 0x5350_4C54

    init(_ layout: Layout, _ spec: SplitSpec, seed: UInt64) {
        splits = layout.images.map { $0.split ?? .train }
        var members = [[Int]](repeating: [], count: layout.classes.count)
        for (i, image) in layout.images.enumerated() where splits[i] == .train {
            members[Int(image.label)].append(i)
        }
        let hasTest = splits.contains(.test)
        let hasEvaluation = splits.contains(.evaluation)
        for (isThere, name, share) in [(hasTest, "test", spec.test), (hasEvaluation, "evaluation", spec.evaluation)] {
            if isThere && share != nil {
                notes.append("split.\(name) of the manifest is not used: the dataset has its own \(name) images")
            }
        }
        if !hasTest {
            let all = Double(splits.count)
            take(Int((all * (spec.test ?? Self.defaultShare)).rounded()), as: .test, from: &members, seed)
        }
        if !hasEvaluation {
            let training = Double(members.reduce(0) { $0 + $1.count })
            let wanted = Int((training * (spec.evaluation ?? Self.defaultShare)).rounded())
            let limited = spec.evaluation == nil ? min(wanted, Self.evaluationLimit) : wanted
            take(limited, as: .evaluation, from: &members, seed)
        }
    }

    func count(_ split: Split) -> Int { splits.reduce(0) { $0 + ($1 == split ? 1 : 0) } }

    /// Moves about `count` images out of the training images, the same share of each class.
    private mutating func take(_ count: Int, as split: Split, from members: inout [[Int]], _ seed: UInt64) {
        guard count > 0 else { return }
        let shares = Self.apportion(count, among: members.map(\.count))
        var taken = 0
        for label in members.indices where shares[label] > 0 {
            var random = CounterRandom(seed: seed, stream: Self.stream, UInt32(split.rawValue), UInt32(label))
            let order = random.permutation(members[label].count)
            for place in order.prefix(shares[label]) { splits[members[label][Int(place)]] = split }
            members[label] = members[label].filter { splits[$0] == .train }
            taken += shares[label]
        }
        guard taken > 0 else { return }
        let name = split == .test ? "test" : "evaluation"
        notes.append(
            "\(taken.of("image was", "images were")) taken from the training images for \(name), "
                + "drawn class by class with the seed \(seed)")
    }

    /// Parts of `count` in proportion to the sizes, rounded by largest remainder, the earlier class first where these
    /// are equal. Each class keeps one image at least, so that the parts may sum to less.
    static func apportion(_ count: Int, among sizes: [Int]) -> [Int] {
        let total = sizes.reduce(0, +)
        guard total > 0 else { return sizes.map { _ in 0 } }
        var parts = sizes.map { min(count * $0 / total, max($0 - 1, 0)) }
        var left = count - parts.reduce(0, +)
        let byRemainder = sizes.indices.sorted { a, b in
            let (x, y) = (count * sizes[a] % total, count * sizes[b] % total)
            return x == y ? a < b : x > y
        }
        // Once around is what rounding needs; what classes of one image could not give, others give in further turns.
        while left > 0 {
            let before = left
            for label in byRemainder where left > 0 && parts[label] < sizes[label] - 1 {
                parts[label] += 1
                left -= 1
            }
            if left == before { break }
        }
        return parts
    }
}
