import Compute

/// Images that are nearly the same: neighbouring frames, or copies saved anew.
enum NearCheck {
    /// An image is held against at most so many others pixel by pixel.
    private static let mostComparisons = 200

    /// - Parameter used: for each position, whether it is not left out of training already.
    static func run(_ subject: LintSubject, _ groups: [[Int]], used: [Bool], pool: ThreadPool) -> [LintFinding] {
        let pairs = pairs(subject, groups, used: used, pool: pool)
        return within(subject, pairs) + across(subject, pairs, learned: "a training image")
    }

    /// Of images without a label, which have the split `train`, and those to judge the networks by.
    static func runUnlabelled(_ subject: LintSubject, pool: ThreadPool) -> [LintFinding] {
        let used = [Bool](repeating: true, count: subject.images.count)
        let pairs = pairs(subject, ExactGroups.find(in: subject), used: used, pool: pool) {
            (subject.images[$0].split == .train) != (subject.images[$1].split == .train)
        }
        return across(subject, pairs, learned: "an image without a label")
    }

    /// Positions, the smaller first.
    ///
    /// - Parameter isWanted: whether a pair of positions is worth a comparison.
    private static func pairs(
        _ subject: LintSubject, _ groups: [[Int]], used: [Bool], pool: ThreadPool,
        isWanted: (Int, Int) -> Bool = { _, _ in true }
    ) -> [(Int, Int)] {
        let positions = candidates(subject, groups, used: used)
        let likeness = Likeness(subject, positions)
        var compared = [Int](repeating: 0, count: positions.count)
        var pairs: [(Int, Int)] = []
        NearHashes.forEachPair(positions.map { subject.images[$0].record.perceptual }, pool: pool) { a, b in
            guard isWanted(positions[a], positions[b]), likeness.possible(a, b), compared[a] < mostComparisons,
                compared[b] < mostComparisons
            else { return }
            compared[a] += 1
            compared[b] += 1
            if likeness.holds(a, b, at: positions[a], positions[b]) { pairs.append((positions[a], positions[b])) }
        }
        return pairs.sorted { $0 < $1 }
    }

    /// One image of each group of equal ones in a split; none that is left out, none of one colour.
    private static func candidates(_ subject: LintSubject, _ groups: [[Int]], used: [Bool]) -> [Int] {
        var wanted = used
        for group in groups {
            for split in Split.allCases {
                for copy in group.filter({ used[$0] && subject.images[$0].split == split }).dropFirst() {
                    wanted[copy] = false
                }
            }
        }
        return wanted.indices.filter {
            wanted[$0] && !subject.images[$0].record.isConstant(pixels: subject.pixels, channels: subject.channels)
        }
    }

    private static func within(_ subject: LintSubject, _ pairs: [(Int, Int)]) -> [LintFinding] {
        let found = pairs.filter { subject.images[$0.0].split == subject.images[$0.1].split }
        let count = Set(found.map(\.1)).count
        guard count > 0 else { return [] }
        return [
            LintFinding(
                kind: .nearDuplicates, severity: .note,
                message: "\(count.of("image is", "images are")) nearly the same as another one in the same split. "
                    + "They were kept; look at the examples, and remove copies that are not meant.",
                count: count, examples: found.prefix(LintFinding.exampleLimit).map(subject.pair))
        ]
    }

    /// - Parameter learned: what an image of the split `train` is called.
    private static func across(_ subject: LintSubject, _ pairs: [(Int, Int)], learned: String) -> [LintFinding] {
        // The training image first, whatever the paths.
        let found = pairs.compactMap { a, b -> (train: Int, held: Int)? in
            let (first, second) = (subject.images[a].split == .train, subject.images[b].split == .train)
            return first == second ? nil : first ? (a, b) : (b, a)
        }
        let count = Set(found.map(\.held)).count
        guard count > 0 else { return [] }
        return [
            LintFinding(
                kind: .nearLeakage, severity: .warning,
                message: "\(count.of("image", "images")) of evaluation or test \(count == 1 ? "is" : "are") nearly "
                    + "the same as \(learned), which makes the figures look better than they are. Nothing was "
                    + "left out; put images that belong together (frames of a film, copies) in one split.",
                count: count,
                examples: found.prefix(LintFinding.exampleLimit).map { subject.pair($0.train, $0.held) })
        ]
    }
}
